# One image recipe for the three services. Build the jars first, then for each:
#   docker build --build-arg SERVICE=gateway-service --build-arg MANAGEMENT_PORT=9080 --tag triptych/gateway-service .
# The models are not in the image: mount them read-only at /models.

ARG JAVA_IMAGE=eclipse-temurin:25-jre

FROM ${JAVA_IMAGE} AS layers
ARG SERVICE
WORKDIR /build
COPY ${SERVICE}/target/${SERVICE}-exec.jar service.jar
# Dependencies change seldom, so they get a layer of their own.
RUN java -Djarmode=tools -jar service.jar extract --layers --destination layers

FROM ${JAVA_IMAGE}
ARG MANAGEMENT_PORT
WORKDIR /app
COPY --from=layers /build/layers/dependencies/ ./
COPY --from=layers /build/layers/snapshot-dependencies/ ./
COPY --from=layers /build/layers/application/ ./
# The root file system may be read-only: native libraries unpack below /tmp, which must allow execution.
ENV MANAGEMENT_PORT=${MANAGEMENT_PORT} \
    TRIPTYCH_MODELS=/models \
    DJL_CACHE_DIR=/tmp/djl
# Where the gateway's embedded job store goes, if a volume is mounted here.
RUN mkdir /data && chown 10001:10001 /data
USER 10001:10001
# Reads the readiness probe's status line with what every base image has.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=12 CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$MANAGEMENT_PORT && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\n\\r\\n' >&3 && read -r status <&3 && [[ $status == *' 200 '* ]]"]
# Half of the memory is the heap's; tensors and model weights live outside of it.
ENTRYPOINT ["java", "--enable-native-access=ALL-UNNAMED", "-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError", "-jar", "service.jar"]
