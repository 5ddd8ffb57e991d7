package dev.triptych.vision.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.triptych.engine.EngineException;
import dev.triptych.engine.ModelSignature;
import dev.triptych.engine.TensorSpec;
import dev.triptych.tensor.DType;
import dev.triptych.vision.batching.BatchRunner;
import dev.triptych.vision.batching.RowOutputs;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.vision.image.RgbImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class AttentionTrialTest {

    private static final Optional<Size> OWN = Optional.of(new Size(32, 32));
    private static final Optional<Size> OTHER = Optional.of(new Size(24, 16));

    private static final TensorSpec SPEC = new TensorSpec(DType.FLOAT32, List.of(-1L, 2L, -1L, -1L));
    private static final ModelSignature TWO_LAYERS =
            new ModelSignature(Map.of(), Map.of("attentions.0", SPEC, "attentions.1", SPEC, "attentions.3", SPEC));

    /** A graph of two heads whose queries and keys depend on the picture's patches of 8 pixels. */
    private static BatchRunner graph(Function<Integer, List<Integer>> tokens) {
        return new BatchRunner() {
            @Override
            public int maxRows(int width, int height, Set<String> outputs) {
                return 1;
            }

            @Override
            public List<RowOutputs> run(List<RgbImage> images, Set<String> outputs) {
                int patches = images.getFirst().width() / 8 * (images.getFirst().height() / 8);
                List<Integer> dims = tokens.apply(patches);
                float[] values = new float[2 * dims.get(0) * dims.get(1)];
                return List.of(new RowOutputs(
                        Map.of("attentions.0", new RowOutputs.Array(List.of(2, dims.get(0), dims.get(1)), values))));
            }

            @Override
            public void close() {}
        };
    }

    private static Optional<AttentionGraph.Shape> shape(Optional<Size> own, BatchRunner runner) {
        return new AttentionTrial(8, own, OTHER).shape(runner, TWO_LAYERS);
    }

    @Test
    void aGraphThatFitsItsPositionsTakesAnySize() {
        assertThat(shape(OWN, graph(patches -> List.of(patches + 1, patches + 1))))
                .contains(new AttentionGraph.Shape(2, 2, 8, true));
    }

    @Test
    void aGraphThatFailsAtAnotherSizeTakesItsOwn() {
        BatchRunner fixed = graph(patches -> {
            if (patches != 16) {
                throw new EngineException("17 positions");
            }
            return List.of(17, 17);
        });
        assertThat(shape(OWN, fixed)).contains(new AttentionGraph.Shape(2, 2, 8, false));
        assertThatExceptionOfType(ModelCheckException.class)
                .isThrownBy(() -> shape(Optional.empty(), fixed))
                .withMessageContaining("17 positions");
    }

    @Test
    void keysThatStandForSeveralPatchesAreNoAttentionOfPatches() {
        assertThat(shape(OWN, graph(patches -> List.of(patches, patches / 4)))).isEmpty();
    }

    @Test
    void fewerTokensThanPatchesAreRefused() {
        assertThatExceptionOfType(ModelCheckException.class)
                .isThrownBy(() -> shape(OWN, graph(patches -> List.of(patches, patches))))
                .withMessageContaining("too few for a class token beside 4x4 patches");
    }
}
