"""A training is watched, live and recorded."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from muslin.lecture.training import Training
from muslin.lecture.widgets import epochs, fit
from tests.browser.lecture.links import link_of, open_table, state_in, type_into, widget
from tests.browser.pages import serious_problems
from tests.lecture.runs import write_bars
from tests.lecture.served import served


@pytest.fixture
def bars_url(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a page that trains on bars, and writes into a folder of its own."""
    monkeypatch.chdir(tmp_path)
    with served(training=Training(str(write_bars(tmp_path)))) as url:
        yield url


def test_two_pages_watch_one_training_which_is_then_looked_into(watch, browser, bars_url):
    page = watch.open(f"{bars_url}#resnet")
    place = widget(page, "fit")
    expect(place.get_by_role("status").last).to_have_text("Nothing is trained now.")
    place.get_by_label("Net").select_option("mlp")
    for label, text in (("Epochs", "2"), ("Seed", "5")):
        place.get_by_role("textbox", name=label, exact=True).fill(text)
        place.get_by_role("textbox", name=label, exact=True).press("Enter")
    expect(place).to_contain_text('model="mlp", epochs=2, seed=5')
    place.get_by_role("button", name="Train").press("Enter")
    expect(place).to_contain_text("mlp, 2 epochs, seed 5: Python gets ready.")
    expect(place.get_by_role("button", name="Train")).to_be_disabled()
    done = re.compile(r"done in \d+ s, [\d.]+ % of the test pictures right")
    expect(place).to_contain_text(done, timeout=60_000)
    figure = place.locator("figure.chart").first
    assert open_table(figure).locator("th").all_inner_texts() == ["1", "2"]
    told = place.get_by_role("status").last.text_content()

    other = browser.new_page()
    other.goto(f"{bars_url}#resnet")
    expect(widget(other, "fit").get_by_role("status").last).to_have_text(told)
    other.close()

    place.get_by_role("button", name="Look into it").press("Enter")
    run = widget(page, "run")
    expect(run).to_contain_text(re.search(r"muslin lecture (\S+?)\.", told)[1])
    run.get_by_text("How it learnt, through 2 epochs").click()
    type_into(run, "Epoch", "1")
    expect(run).to_contain_text("Epoch 1 of 2")
    assert state_in(page, "run")["epoch"] == 1
    widget(page, "draw")
    page.goto("about:blank")  # before the server ends


def test_a_training_is_stopped_and_what_is_refused_is_a_sentence(watch, here):
    with served() as url:  # of Fashion-MNIST, so that an epoch takes seconds
        stop_one(watch, url)


def stop_one(watch, url: str) -> None:
    page = watch.open(f"{url}#resnet;{link_of('fit', {'model': 'mlp', 'epochs': 30})}")
    place = widget(page, "fit")
    place.get_by_role("button", name="Train").click()
    expect(place).to_contain_text(
        re.compile(r"Epoch 1 of 30: loss \d\.\d+, \d+ % of all; about \d+ s more"), timeout=60_000
    )
    assert serious_problems(page) == []
    refusal = page.evaluate(
        """fetch("live/fit/begin", {method: "POST", body: '{"model": "mlp", "epochs": 1, "seed": 0}'})
            .then((reply) => reply.status)"""
    )
    assert refusal == 400
    watch.errors.clear()  # the browser tells of the status
    place.get_by_role("button", name="Stop").press("Enter")
    expect(place.get_by_role("status").last).to_contain_text("A page stopped it.")
    expect(place).to_contain_text("muslin fit --resume runs/", timeout=60_000)
    expect(place.get_by_role("button", name="Stop")).to_be_disabled()
    page.goto("about:blank")


def test_recorded_trainings_are_stepped_through_by_keyboard_alone(watch, lecture_url):
    page = watch.open(f"{lecture_url}#resnet")
    place = widget(page, "fit")
    place.get_by_label("Net").select_option("resnet_slim")
    place.get_by_role("button", name="Reset").press("Enter")
    place.get_by_role("button", name="convnet, two convolutions").press("Enter")
    place.get_by_role("button", name="Step").press("Enter")
    recorded = fit.values()["recorded"]
    best = max(recorded, key=lambda name: recorded[name]["epochs"][0]["validation_accuracy"])
    expect(place.locator(".verdict")).to_contain_text("As you said" if best == "convnet" else "You said")
    first = recorded["resnet_slim"]["epochs"][0]
    expect(place).to_contain_text(f"After epoch 1: {100 * first['validation_accuracy']:.2f} %")
    place.get_by_role("button", name="Play").press("Enter")
    expect(place).to_contain_text(f"{100 * recorded['resnet_slim']['test_accuracy']:.2f} % of the test pictures right")
    place.get_by_label("Net").select_option("mlp")
    for _ in recorded["mlp"]["epochs"]:
        place.get_by_role("button", name="Step").press("Enter")
    expect(place.locator(".tasks li.done")).to_have_count(3)
    assert state_in(page, "fit")["model"] == "mlp"
    expect(place).to_contain_text("Recorded, not computed here")


def test_a_net_is_scrubbed_through_its_epochs(watch, lecture_url):
    page = watch.open(f"{lecture_url}#resnet")
    place = widget(page, "epochs")
    nets = {net["model"]: net for net in epochs.values()["nets"]}
    net = nets["resnet_slim"]
    place.get_by_role("button", name="few columns have most of them").click()
    type_into(place, "Epoch", "0")
    expect(place.locator(".verdict")).to_contain_text("As you said")
    counts = net["confusion"][0]
    hits = sum(row[k] for k, row in enumerate(counts))
    expect(place.locator("math", has_text=str(hits)).last).to_be_visible()
    expect(place.get_by_role("button", name=f"Shirt called Shirt: {counts[6][6]}", exact=True)).to_be_visible()
    gains = [
        [after - before for after, before in zip(*rows, strict=True)]
        for rows in zip(net["confusion"][-1], net["confusion"][1], strict=True)
    ]
    label, said = next((j, k) for j in range(10) for k in range(10) if j != k and gains[j][k] > 0)
    type_into(place, "Epoch", str(len(net["epochs"])))
    classes = epochs.values()["classes"]
    count = net["confusion"][-1][label][said]
    place.get_by_role("button", name=f"{classes[label]} called {classes[said]}: {count}", exact=True).focus()
    page.keyboard.press("Enter")
    cell = place.locator("figure.chart").last
    shown = [int(text) for text in open_table(cell).locator("td").all_inner_texts()]
    assert shown == [each[label][said] for each in net["confusion"]]
    for epoch in range(1, len(net["epochs"]) + 1):
        type_into(place, "Epoch", str(epoch))
    expect(place.locator(".tasks li.done")).to_have_count(3)
    place.get_by_role("button", name="Back").press("Enter")
    state = state_in(page, "epochs")
    assert (state["epoch"], state["label"], state["said"]) == (len(net["epochs"]) - 1, label, said)
