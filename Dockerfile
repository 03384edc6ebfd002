# docker build -t haiti-tabletop . && docker run --rm -v haiti-tabletop:/work haiti-tabletop run
FROM python:3.13-slim
COPY . /opt/haiti-tabletop
RUN pip install --no-cache-dir -c /opt/haiti-tabletop/constraints.txt /opt/haiti-tabletop \
    && useradd --uid 1000 --create-home player && install --directory --owner=1000 /work
USER 1000
WORKDIR /work
VOLUME /work
ENTRYPOINT ["tabletop"]
CMD ["--help"]
