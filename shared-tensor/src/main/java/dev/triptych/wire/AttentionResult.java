package dev.triptych.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a Vision Transformer's class token looks.
 *
 * @param model the model that looked
 * @param width of the picture as sent, in pixels, after its EXIF orientation
 * @param height likewise
 * @param grid rows and columns of patches
 * @param rollout weights of the patches through all layers, row by row; absent where a layer was asked for
 * @param heads those of one layer; absent where none was asked for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AttentionResult(
        String model,
        int width,
        int height,
        List<Integer> grid,
        @Nullable List<Float> rollout,
        @Nullable List<Head> heads)
        implements VisionResult {

    /**
     * One head's attention.
     *
     * @param layer from 0
     * @param head from 0
     * @param weights of the patches, row by row; with those of the other tokens they sum to 1
     */
    public record Head(int layer, int head, List<Float> weights) {}
}
