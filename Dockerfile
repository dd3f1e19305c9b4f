# The image contains only the program. `npm run build` bundles the program with its packages, so the image needs no
# node_modules.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
# the build needs no install scripts, and those of some test packages compile code for minutes
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
RUN npm run build

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY package.json ./
COPY bin/shop.js bin/package.json bin/
COPY --from=build /build/dist dist
RUN ln -s /app/bin/shop.js /usr/local/bin/shop
USER node
ENTRYPOINT ["shop"]
CMD ["--help"]
