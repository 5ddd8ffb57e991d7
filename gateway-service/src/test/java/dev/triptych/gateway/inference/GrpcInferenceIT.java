package dev.triptych.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.triptych.gateway.inference.proto.GRPCInferenceServiceGrpc;
import dev.triptych.gateway.inference.proto.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.triptych.gateway.inference.proto.InferTensorContents;
import dev.triptych.gateway.inference.proto.ModelInferRequest;
import dev.triptych.gateway.inference.proto.ModelInferRequest.InferInputTensor;
import dev.triptych.gateway.inference.proto.ModelInferResponse;
import dev.triptych.gateway.inference.proto.ModelMetadataRequest;
import dev.triptych.gateway.inference.proto.ModelMetadataResponse;
import dev.triptych.gateway.inference.proto.ModelReadyRequest;
import dev.triptych.gateway.inference.proto.ServerLiveRequest;
import dev.triptych.gateway.inference.proto.ServerMetadataRequest;
import dev.triptych.gateway.inference.proto.ServerReadyRequest;
import dev.triptych.gateway.support.FakeService;
import dev.triptych.gateway.support.FakeServices;
import dev.triptych.wire.inference.InferAnswer;
import dev.triptych.wire.inference.InferAnswerWriter;
import dev.triptych.wire.inference.InferBody;
import dev.triptych.wire.inference.InferRequest;
import dev.triptych.wire.inference.InferRequestReader;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** The Open Inference Protocol over gRPC, before services that speak its HTTP form. */
class GrpcInferenceIT extends FakeServices {

    @Autowired
    private GrpcServerLifecycle grpc;

    private ManagedChannel channel;

    @BeforeEach
    void connect() {
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", grpc.getPort())
                .usePlaintext()
                .build();
        TEXT.answerJson(404, "{}");
        VISION.answer(echoing("echo"));
    }

    @AfterEach
    void disconnect() throws InterruptedException {
        channel.shutdownNow();
        assertThat(channel.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private GRPCInferenceServiceBlockingStub client() {
        return GRPCInferenceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    /** A service whose one graph gives its inputs back. */
    private static FakeService.Handler echoing(String model) {
        return (request, response) -> switch (request.path()) {
            case "v1/models" -> json(response.status(200), "{\"data\":[{\"id\":\"" + model + "\"}]}");
            case "v1/models/echo" -> json(response.status(200), "{\"id\":\"" + model + "\"}");
            case "v2/models/echo" ->
                json(
                        response.status(200),
                        "{\"name\":\"echo\",\"platform\":\"onnxruntime_onnx\",\"inputs\":[{\"name\":\"x\","
                                + "\"datatype\":\"FP32\",\"shape\":[-1,2]}],\"outputs\":[]}");
            case "v2/models/echo/ready" -> json(response.status(503), "{\"error\":\"loading\"}");
            case "v2/models/echo/infer" ->
                request.receive()
                        .aggregate()
                        .asByteArray()
                        .flatMap(bytes -> echo(bytes, request.requestHeaders().get(InferBody.LENGTH_HEADER), response));
            default -> json(response.status(404), "{\"error\":\"no " + request.path() + "\"}");
        };
    }

    private static Mono<Void> echo(byte[] bytes, String jsonLength, HttpServerResponse response) {
        InferRequest request = InferRequestReader.read(bytes, jsonLength);
        if (request.inputs().getFirst().name().equals("wrong")) {
            return json(response.status(422), "{\"error\":\"inputs[0].name must be x\"}");
        }
        InferBody body =
                InferAnswerWriter.write(new InferAnswer("echo", request.id(), request.inputs()), request::isBinary);
        return response.status(200)
                .header(
                        InferBody.LENGTH_HEADER,
                        Integer.toString(body.jsonLength().orElseThrow()))
                .header("Content-Type", body.contentType())
                .sendByteArray(Mono.just(body.bytes()))
                .then();
    }

    private static Mono<Void> json(HttpServerResponse response, String body) {
        return response.header("Content-Type", "application/json")
                .sendString(Mono.just(body))
                .then();
    }

    private static ModelInferRequest.Builder request(String name, String datatype, long... shape) {
        InferInputTensor.Builder input =
                InferInputTensor.newBuilder().setName(name).setDatatype(datatype);
        for (long extent : shape) {
            input.addShape(extent);
        }
        return ModelInferRequest.newBuilder().setModelName("echo").setId("id-7").addInputs(input);
    }

    @Test
    void rawTensorsComeBackRaw() {
        byte[] floats = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(0.1f)
                .putFloat(-1e30f)
                .array();
        ModelInferResponse answer = client().modelInfer(request("x", "FP32", 1, 2)
                .addRawInputContents(ByteString.copyFrom(floats))
                .build());
        assertThat(answer.getModelName()).isEqualTo("echo");
        assertThat(answer.getId()).isEqualTo("id-7");
        assertThat(answer.getOutputs(0).getShapeList()).containsExactly(1L, 2L);
        assertThat(answer.getOutputs(0).hasContents()).isFalse();
        assertThat(answer.getRawOutputContents(0).toByteArray()).isEqualTo(floats);
    }

    @Test
    void typedTensorsComeBackTyped() {
        ModelInferRequest.Builder request = request("x", "INT64", 3);
        request.getInputsBuilder(0)
                .setContents(InferTensorContents.newBuilder().addAllInt64Contents(List.of(1L, -2L, 1L << 40)));
        ModelInferResponse answer = client().modelInfer(request.build());
        assertThat(answer.getOutputs(0).getDatatype()).isEqualTo("INT64");
        assertThat(answer.getOutputs(0).getContents().getInt64ContentsList()).containsExactly(1L, -2L, 1L << 40);
        assertThat(answer.getRawOutputContentsCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            x     | FP64  | 1 | 8 | INVALID_ARGUMENT | inputs[0].datatype must be one of
            x     | BYTES | 1 | 8 | INVALID_ARGUMENT | inputs[0].datatype must be one of
            x     | FP32  | 2 | 4 | INVALID_ARGUMENT | raw_input_contents[0] must have 8 bytes
            x     | FP32  | 0 | 0 | INVALID_ARGUMENT | inputs[0].shape must have extents from 1
            wrong | FP32  | 1 | 4 | INVALID_ARGUMENT | inputs[0].name must be x
            """)
    void whatDoesNotFitIsAnInvalidArgument(
            String name, String datatype, long extent, int bytes, Status.Code code, String message) {
        ModelInferRequest request = request(name, datatype, extent)
                .addRawInputContents(ByteString.copyFrom(new byte[bytes]))
                .build();
        assertThatThrownBy(() -> client().modelInfer(request))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    @Test
    void aModelThatNobodyHasIsNotFound() {
        ModelInferRequest request = request("x", "FP32", 1)
                .setModelName("nobodys")
                .addRawInputContents(ByteString.copyFrom(new byte[4]))
                .build();
        assertThatThrownBy(() -> client().modelInfer(request))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND))
                .hasMessageContaining("'nobodys' does not exist");
    }

    @Test
    void metadataAndReadinessAreTheServices() {
        ModelMetadataResponse metadata = client().modelMetadata(
                        ModelMetadataRequest.newBuilder().setName("echo").build());
        assertThat(metadata.getPlatform()).isEqualTo("onnxruntime_onnx");
        assertThat(metadata.getInputs(0).getShapeList()).containsExactly(-1L, 2L);
        assertThat(client().modelReady(
                                ModelReadyRequest.newBuilder().setName("echo").build())
                        .getReady())
                .isFalse();
    }

    @Test
    void theServerSaysWhatItIs() {
        assertThat(client().serverLive(ServerLiveRequest.getDefaultInstance()).getLive())
                .isTrue();
        assertThat(client().serverMetadata(ServerMetadataRequest.getDefaultInstance())
                        .getName())
                .isEqualTo("triptych");
        // The fake services answer 404 to the readiness probe.
        await().atMost(Duration.ofSeconds(20))
                .until(() -> !client().serverReady(ServerReadyRequest.getDefaultInstance())
                        .getReady());
    }
}
