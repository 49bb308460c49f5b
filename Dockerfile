# The product: one image, one command a process (`worker`, `projector`, `relay`, `gateway`, `network create`).
FROM python:3.11-slim

RUN useradd --system --uid 10001 --home-dir /data staffetta && mkdir /data && chown staffetta /data
WORKDIR /app
COPY requirements/product.txt requirements/product.txt
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements/product.txt
COPY avro_schemas avro_schemas
COPY events events
COPY reading reading
COPY projections projections
COPY ops ops
COPY coordinator coordinator

ENV PYTHONUNBUFFERED=1 STAFFETTA_DATA=/data
VOLUME /data
USER staffetta
ENTRYPOINT ["python", "-m", "coordinator"]
