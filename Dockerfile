# Trains, or serves a run that was trained. Both run as nobody special, and on a read-only root:
#   docker build --target train --tag muslin .
#   docker run --rm --read-only --tmpfs /tmp --volume muslin-runs:/home/muslin/runs muslin
#   docker build --target serve --tag muslin-serve .
#   docker run --rm --read-only --tmpfs /tmp --volume muslin-runs:/home/muslin/runs:ro --publish 8000:8000 muslin-serve
FROM python:3.11-slim AS base
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

FROM base AS serve
COPY requirements-serve.txt .
RUN pip install --no-cache-dir --requirement requirements-serve.txt
USER muslin
WORKDIR /home/muslin
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["python", "-c", "import http.client as http; asked = http.HTTPConnection('127.0.0.1', 8000, timeout=2); asked.request('GET', '/live'); raise SystemExit(asked.getresponse().status != 200)"]
ENTRYPOINT ["muslin"]
CMD ["serve", "latest", "--host", "0.0.0.0", "--allow", "localhost:8000"]

FROM base AS train
USER muslin
WORKDIR /home/muslin
ENTRYPOINT ["muslin"]
CMD ["fit", "--recipe", "coffee"]
