/** The vote of the nearest, as muslin.ladder.knn has it. */

/** Returns the places of a list of distances, nearest first; of equal ones the earlier comes first. */
export const inOrder = (distances) => Array.from(distances.keys()).sort((one, other) => distances[one] - distances[other] || one - other);

/** Returns the commonest of some labels, and how often it is there; of equally common ones the one that comes first. */
export function vote(labels) {
  const counts = new Map();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  let winner = labels[0];
  for (const [label, count] of counts) if (count > counts.get(winner)) winner = label; // a map keeps the order of coming
  return [winner, counts.get(winner)];
}
