FROM python:3.11-slim
RUN useradd --create-home muslin
WORKDIR /home/muslin/app
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt
COPY pyproject.toml README.md LICENSE main.py ./
COPY docs/lecture.md docs/
COPY src src
RUN pip install --no-cache-dir --no-deps .
USER muslin
WORKDIR /home/muslin
# Runs are written to /home/muslin/runs; mount a volume there to keep them.
CMD ["muslin", "fit", "--recipe", "coffee"]
