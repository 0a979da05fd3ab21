# Build: docker build -t steward .
# Run:   docker run -d -v steward:/data -v ./config:/config:ro -e TELOXIDE_TOKEN steward
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --locked --profile dist --bin steward

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin steward \
    && install -d -o steward -g steward /data
COPY --from=build /src/target/dist/steward /usr/local/bin/steward
COPY --from=build /src/config /config
USER steward
WORKDIR /data
VOLUME /data
ENV STEWARD_CONFIG=/config/steward.toml
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["steward", "health"]
ENTRYPOINT ["steward"]
CMD ["run"]
