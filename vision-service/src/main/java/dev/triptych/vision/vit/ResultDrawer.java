package dev.triptych.vision.vit;

import dev.triptych.vision.image.ImageDecoder;
import dev.triptych.vision.image.ImagePreprocessor.Region;
import dev.triptych.vision.image.RgbImage;
import dev.triptych.vision.model.VisionModels;
import dev.triptych.vision.render.ResultPicture;
import dev.triptych.wire.AttentionResult;
import dev.triptych.wire.ClassificationResult;
import dev.triptych.wire.DetectionResult;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.SegmentationResult;
import dev.triptych.wire.TriptychException;
import dev.triptych.wire.VisionResult;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Draws answers onto the pictures that they are about. The picture is decoded once more, so that requests which wait for
 * a model hold no pixels. Thread-safe; works on the decode threads.
 */
public final class ResultDrawer {

    private static final Duration BUSY_RETRY = Duration.ofSeconds(1);

    private final VisionModels models;
    private final ImageDecoder decoder;
    private final Executor decoding;
    private final Duration deadline;

    /**
     * @param decoding bounded, rejects when full
     * @param deadline for each picture
     */
    public ResultDrawer(VisionModels models, ImageDecoder decoder, Executor decoding, Duration deadline) {
        this.models = models;
        this.decoder = decoder;
        this.decoding = decoding;
        this.deadline = deadline;
    }

    /** The answer as a PNG file. Cancelling the future drops a picture that has not been begun. */
    public CompletableFuture<byte[]> draw(byte[] picture, VisionResult result) {
        CompletableFuture<byte[]> drawn = new CompletableFuture<>();
        try {
            decoding.execute(() -> {
                if (!drawn.isDone()) {
                    complete(drawn, picture, result);
                }
            });
        } catch (RejectedExecutionException e) {
            drawn.completeExceptionally(new TriptychException.Overloaded(
                    ErrorCode.OVERLOADED, BUSY_RETRY, "too many pictures are waiting to be drawn"));
        }
        CompletableFuture<byte[]> answer =
                drawn.orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS).exceptionallyCompose(this::translated);
        answer.whenComplete((png, error) -> drawn.cancel(false));
        return answer;
    }

    /** The timer's own exception is no answer for a client. */
    private CompletableFuture<byte[]> translated(Throwable error) {
        return CompletableFuture.failedFuture(
                error instanceof TimeoutException
                        ? new TriptychException.Failed(
                                ErrorCode.DEADLINE_EXCEEDED,
                                "the picture was not drawn within " + deadline.toMillis() + " ms",
                                null)
                        : error);
    }

    private void complete(CompletableFuture<byte[]> drawn, byte[] picture, VisionResult result) {
        try {
            drawn.complete(decoder.decode(picture, image -> png(image, result)));
        } catch (TriptychException e) {
            drawn.completeExceptionally(e);
        } catch (RuntimeException | Error e) {
            drawn.completeExceptionally(
                    new TriptychException.Failed(ErrorCode.INTERNAL, "the answer could not be drawn", e));
        }
    }

    private byte[] png(RgbImage image, VisionResult result) {
        return switch (result) {
            case DetectionResult detection -> ResultPicture.png(image, detection);
            case SegmentationResult segmentation -> ResultPicture.png(image, segmentation);
            case AttentionResult attention -> ResultPicture.png(image, attention, region(attention));
            case ClassificationResult ignored ->
                throw new TriptychException.Rejected(
                        ErrorCode.NOT_ACCEPTABLE, "Accept", "labels have no picture, ask for application/json");
        };
    }

    private Region region(AttentionResult result) {
        return models.attentive(result.model()).preprocessor().seen(result.width(), result.height());
    }
}
