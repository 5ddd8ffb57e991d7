# One image recipe for the three services. Build the jars first, then for each:
#   docker build --build-arg SERVICE=gateway-service --build-arg MANAGEMENT_PORT=9080 --tag triptych/gateway-service .
# For NVIDIA devices: ./mvnw -Pcuda -DskipTests package, and BASE_IMAGE with CUDA 12 and cuDNN 9 in it:
#   docker build --build-arg SERVICE=text-service --build-arg MANAGEMENT_PORT=9081 \
#     --build-arg BASE_IMAGE=nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04 --tag triptych/text-service-cuda .
# The models are not in the image: mount them read-only at /models.

# Any JDK 25 for Linux with glibc, and any small Linux with glibc and bash to run on.
ARG JDK_IMAGE=eclipse-temurin:25-jdk
ARG BASE_IMAGE=debian:12-slim

# A runtime of the modules that the services use: what Spring, Netty, Kafka, ImageIO, H2 and Flyway ask for, and JFR.
FROM ${JDK_IMAGE} AS jre
RUN jlink --no-header-files --no-man-pages --compress zip-6 --output /opt/jre --add-modules \
java.base,java.compiler,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,java.prefs,\
java.scripting,java.security.jgss,java.security.sasl,java.sql,java.transaction.xa,java.xml,jdk.crypto.ec,jdk.jcmd,jdk.jfr,\
jdk.management,jdk.management.agent,jdk.naming.dns,jdk.net,jdk.unsupported,jdk.zipfs

FROM ${JDK_IMAGE} AS layers
ARG SERVICE
WORKDIR /build
COPY ${SERVICE}/target/${SERVICE}-exec.jar service.jar
# Dependencies change seldom, so they get a layer of their own.
RUN java -Djarmode=tools -jar service.jar extract --layers --destination layers

FROM ${BASE_IMAGE} AS service
ARG MANAGEMENT_PORT
# Labels on drawn answers need a font.
RUN [ -d /usr/share/fonts/truetype/dejavu ] || { apt-get update && \
    apt-get install -y --no-install-recommends fontconfig fonts-dejavu-core libfreetype6 && rm -rf /var/lib/apt/lists/*; }
COPY --from=jre /opt/jre /opt/jre
WORKDIR /app
COPY --from=layers /build/layers/dependencies/ ./
COPY --from=layers /build/layers/snapshot-dependencies/ ./
COPY --from=layers /build/layers/application/ ./
# Where the gateway's embedded job store goes, if a volume is mounted here.
RUN mkdir /data && chown 10001:10001 /data
# The root file system may be read-only: native libraries unpack below /tmp, which must allow execution.
# Half of the memory is the heap's; tensors and model weights live outside of it.
ENV PATH=/opt/jre/bin:$PATH \
    LANG=C.UTF-8 \
    JAVA_OPTIONS="--enable-native-access=ALL-UNNAMED -XX:MaxRAMPercentage=50 -XX:+UseG1GC -XX:+ExitOnOutOfMemoryError -XX:Tier4InvocationThreshold=20000 -XX:Tier4MinInvocationThreshold=5000 -XX:Tier4CompileThreshold=40000" \
    MANAGEMENT_PORT=${MANAGEMENT_PORT} \
    TRIPTYCH_MODELS=/models \
    DJL_CACHE_DIR=/tmp/djl
COPY docker/ready docker/serve docker/train /usr/local/bin/
USER 10001:10001

# A start to remember: classes as they were loaded and linked, and what ran hot, for every start to come (JEP 483, 515).
FROM service AS training
COPY testkit/src/main/resources/fixtures/bart-fused /models/bart-fused
COPY testkit/src/main/resources/fixtures/m2m_100 /models/m2m_100
COPY testkit/src/main/resources/fixtures/vit /models/vit
RUN train

FROM service
COPY --from=training /tmp/service.aot /app/service.aot
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=12 CMD ["ready"]
ENTRYPOINT ["serve"]
