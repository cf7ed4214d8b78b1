# Trains, or serves a run:
#   docker build --tag muslin .
#   docker run --rm --read-only --tmpfs /tmp --volume muslin-runs:/home/muslin/runs muslin
FROM python:3.11-slim
RUN useradd --create-home --uid 1000 muslin
WORKDIR /home/muslin/app
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt
COPY pyproject.toml README.md LICENSE main.py ./
COPY docs/lecture.md docs/
COPY src src
RUN pip install --no-cache-dir --no-deps .
# A volume that is mounted on a folder takes over its owner.
RUN mkdir /home/muslin/runs && chown muslin /home/muslin/runs
# The root file system may be read-only: what is measured or cached goes to /tmp.
ENV XDG_CACHE_HOME=/tmp/cache MPLCONFIGDIR=/tmp/matplotlib PYTHONDONTWRITEBYTECODE=1
USER muslin
WORKDIR /home/muslin
ENTRYPOINT ["muslin"]
CMD ["fit", "--recipe", "coffee"]
