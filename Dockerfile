# Nightshift's server with its engine and data inside: gRPC on 50051, HTTP on 8000 (NIGHTSHIFT_ALLOWED_HOST: names under which it is reached). Build and run:
#   docker build -t nightshift . && docker run --read-only --tmpfs /tmp -p 50051:50051 -p 8000:8000 nightshift
# --build-arg DATA=--strict fails the build where a data set could not be had and a synthetic one would stand in.

FROM node:20-bookworm-slim AS build
ARG DATA=
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates dataset-fashion-mnist g++ make python3 python3-pip \
 && rm -rf /var/lib/apt/lists/*
ENV NIGHTSHIFT_CACHE=/opt/nightshift-cache
WORKDIR /opt/nightshift
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY scripts/engine scripts/engine
RUN node scripts/engine/cli.mjs
COPY . .
RUN node scripts/build.mjs
RUN node scripts/nightshift.mjs data $DATA
RUN mkdir -p "$NIGHTSHIFT_CACHE/datasets" && cp -rL /usr/share/datasets/fashion-mnist "$NIGHTSHIFT_CACHE/datasets/"
RUN npm prune --omit=dev

FROM node:20-bookworm-slim
ENV NODE_ENV=production NIGHTSHIFT_CACHE=/opt/nightshift-cache NIGHTSHIFT_HOST=0.0.0.0
WORKDIR /opt/nightshift
COPY --from=build /opt/nightshift-cache /opt/nightshift-cache
COPY --from=build /opt/nightshift/package.json ./
COPY --from=build /opt/nightshift/node_modules node_modules
COPY --from=build /opt/nightshift/dist dist
COPY --from=build /opt/nightshift/proto proto
COPY --from=build /opt/nightshift/scripts scripts
USER 65532:65532
EXPOSE 50051 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["node", "scripts/nightshift.mjs", "health"]
CMD ["node", "scripts/nightshift.mjs", "serve"]
