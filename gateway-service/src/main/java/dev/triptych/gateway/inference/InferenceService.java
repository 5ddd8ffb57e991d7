package dev.triptych.gateway.inference;

import dev.triptych.gateway.inference.proto.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import dev.triptych.gateway.inference.proto.ModelInferRequest;
import dev.triptych.gateway.inference.proto.ModelInferResponse;
import dev.triptych.gateway.inference.proto.ModelMetadataRequest;
import dev.triptych.gateway.inference.proto.ModelMetadataResponse;
import dev.triptych.gateway.inference.proto.ModelMetadataResponse.TensorMetadata;
import dev.triptych.gateway.inference.proto.ModelReadyRequest;
import dev.triptych.gateway.inference.proto.ModelReadyResponse;
import dev.triptych.gateway.inference.proto.ServerLiveRequest;
import dev.triptych.gateway.inference.proto.ServerLiveResponse;
import dev.triptych.gateway.inference.proto.ServerMetadataRequest;
import dev.triptych.gateway.inference.proto.ServerMetadataResponse;
import dev.triptych.gateway.inference.proto.ServerReadyRequest;
import dev.triptych.gateway.inference.proto.ServerReadyResponse;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.inference.GraphMetadata;
import dev.triptych.wire.inference.ModelReady;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** The Open Inference Protocol v2 over gRPC. Runs on gRPC's threads, waits on none of them. */
public final class InferenceService implements BindableService {

    private static final Logger LOG = LoggerFactory.getLogger(InferenceService.class);

    private final SuiteState suite;
    private final InferenceCalls calls;

    public InferenceService(SuiteState suite, InferenceCalls calls) {
        this.suite = suite;
        this.calls = calls;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerInterceptors.intercept(new Methods(), new PassedHeaders());
    }

    private final class Methods extends GRPCInferenceServiceImplBase {

        @Override
        public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> client) {
            answer(Mono.just(ServerLiveResponse.newBuilder().setLive(true).build()), client);
        }

        @Override
        public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> client) {
            answer(
                    suite.isReady()
                            .map(ready -> ServerReadyResponse.newBuilder()
                                    .setReady(ready)
                                    .build()),
                    client);
        }

        @Override
        public void serverMetadata(ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> client) {
            answer(
                    Mono.just(ServerMetadataResponse.newBuilder()
                            .setName(SuiteState.NAME)
                            .setVersion(suite.version())
                            .addAllExtensions(SuiteState.EXTENSIONS)
                            .build()),
                    client);
        }

        @Override
        public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> client) {
            HttpHeaders headers = PassedHeaders.current();
            answer(
                    unversioned(request.getName(), "name", request.getVersion(), "version")
                            .flatMap(model -> calls.ready(model, headers))
                            .map(ModelReady::ready)
                            .onErrorResume(InferenceService::isUnavailable, e -> Mono.just(false))
                            .map(ready -> ModelReadyResponse.newBuilder()
                                    .setReady(ready)
                                    .build()),
                    client);
        }

        @Override
        public void modelMetadata(ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> client) {
            HttpHeaders headers = PassedHeaders.current();
            answer(
                    unversioned(request.getName(), "name", request.getVersion(), "version")
                            .flatMap(model -> calls.metadata(model, headers))
                            .map(InferenceService::message),
                    client);
        }

        @Override
        public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> client) {
            HttpHeaders headers = PassedHeaders.current();
            boolean raw = request.getRawInputContentsCount() > 0;
            answer(
                    unversioned(request.getModelName(), "model_name", request.getModelVersion(), "model_version")
                            .flatMap(model -> calls.infer(model, TensorMessages.request(request), headers))
                            .map(answer -> TensorMessages.response(answer, raw)),
                    client);
        }
    }

    private static Mono<String> unversioned(String model, String field, String version, String versionField) {
        return Mono.fromSupplier(() -> {
            if (model.isEmpty()) {
                throw TensorMessages.invalid(field, "is required");
            }
            if (!version.isEmpty()) {
                throw TensorMessages.invalid(
                        versionField, "must be empty: the version that is ready answers, got \"" + version + "\"");
            }
            return model;
        });
    }

    private static boolean isUnavailable(Throwable error) {
        return error instanceof StatusException status && status.getStatus().getCode() == Status.Code.UNAVAILABLE;
    }

    private static ModelMetadataResponse message(GraphMetadata metadata) {
        return ModelMetadataResponse.newBuilder()
                .setName(metadata.name())
                .setPlatform(metadata.platform())
                .addAllInputs(messages(metadata.inputs()))
                .addAllOutputs(messages(metadata.outputs()))
                .build();
    }

    private static List<TensorMetadata> messages(List<GraphMetadata.Slot> slots) {
        return slots.stream()
                .map(slot -> TensorMetadata.newBuilder()
                        .setName(slot.name())
                        .setDatatype(slot.datatype())
                        .addAllShape(slot.shape())
                        .build())
                .toList();
    }

    /** A client that goes away ends the call behind it. */
    private static <T> void answer(Mono<T> work, StreamObserver<T> client) {
        Disposable running = work.subscribe(
                message -> {
                    client.onNext(message);
                    client.onCompleted();
                },
                error -> client.onError(named(error)));
        if (client instanceof ServerCallStreamObserver<T> call && !running.isDisposed()) {
            call.setOnCancelHandler(running::dispose);
        }
    }

    private static Throwable named(Throwable error) {
        return switch (error) {
            case StatusException named -> named;
            case TriptychException.Rejected rejected ->
                Status.INVALID_ARGUMENT.withDescription(rejected.getMessage()).asException();
            default -> {
                LOG.error("a gRPC call failed", error);
                yield Status.INTERNAL.withDescription("the gateway failed").asException();
            }
        };
    }
}
