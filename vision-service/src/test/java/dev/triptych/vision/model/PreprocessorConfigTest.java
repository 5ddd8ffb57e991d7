package dev.triptych.vision.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.vision.image.PreprocessingSettings;
import dev.triptych.vision.image.PreprocessingSettings.EdgeLimits;
import dev.triptych.vision.image.PreprocessingSettings.ShortestEdge;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.vision.image.ResampleFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessorConfigTest {

    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

    @TempDir
    Path folder;

    @Test
    void vitDefaultsAreHuggingFaces() throws IOException {
        assertThat(read("{\"image_processor_type\": \"ViTImageProcessor\"}"))
                .isEqualTo(new PreprocessingSettings(
                        new Size(224, 224), ResampleFilter.BILINEAR, null, 1.0 / 255, HALF, HALF, null));
    }

    @Test
    void deitDefaultsAreHuggingFaces() throws IOException {
        assertThat(read("{\"feature_extractor_type\": \"DeiTFeatureExtractor\"}"))
                .isEqualTo(new PreprocessingSettings(
                        new Size(256, 256), ResampleFilter.BICUBIC, new Size(224, 224), 1.0 / 255, HALF, HALF, null));
    }

    @Test
    void yolosDefaultsAreHuggingFaces() throws IOException {
        assertThat(read("{\"image_processor_type\": \"YolosImageProcessor\"}"))
                .isEqualTo(new PreprocessingSettings(
                        new EdgeLimits(800, 1333),
                        ResampleFilter.BILINEAR,
                        null,
                        1.0 / 255,
                        List.of(0.485, 0.456, 0.406),
                        List.of(0.229, 0.224, 0.225),
                        null));
    }

    @Test
    void yolosFilesOfAllAgesAreRead() throws IOException {
        PreprocessingSettings old =
                read("{\"feature_extractor_type\": \"YolosFeatureExtractor\", \"size\": 512, \"max_size\": 864}");
        assertThat(old.resize()).isEqualTo(new EdgeLimits(512, 864));
        assertThat(old.outputSize()).isEmpty();
        assertThat(old.isBounded()).isTrue();
        PreprocessingSettings padded = read("""
                {"image_processor_type": "YolosImageProcessor", "size": {"shortest_edge": 48, "longest_edge": 80},
                 "do_pad": true, "pad_size": {"height": 80, "width": 96}}
                """);
        assertThat(padded.pad()).isEqualTo(new Size(96, 80));
        assertThat(padded.outputSize()).contains(new Size(96, 80));
        PreprocessingSettings exact = read("""
                {"image_processor_type": "YolosImageProcessor", "size": {"height": 64, "width": 48}, "do_pad": false}
                """);
        assertThat(exact.outputSize()).contains(new Size(48, 64));
    }

    @Test
    void segformerDefaultsAreHuggingFaces() throws IOException {
        PreprocessingSettings settings = read("{\"image_processor_type\": \"SegformerImageProcessor\"}");
        assertThat(settings.resize()).isEqualTo(new Size(512, 512));
        assertThat(settings.mean()).containsExactly(0.485, 0.456, 0.406);
        assertThat(settings.pad()).isNull();
    }

    @Test
    void everyKeyIsRead() throws IOException {
        PreprocessingSettings settings = read("""
                {"do_resize": true, "size": {"shortest_edge": 40}, "resample": 1, "do_center_crop": true,
                 "crop_size": {"height": 32, "width": 24}, "do_rescale": true, "rescale_factor": 0.5,
                 "do_normalize": true, "image_mean": [0.1, 0.2, 0.3], "image_std": [0.4, 0.5, 0.6]}
                """);
        assertThat(settings)
                .isEqualTo(new PreprocessingSettings(
                        new ShortestEdge(40),
                        ResampleFilter.LANCZOS,
                        new Size(24, 32),
                        0.5,
                        List.of(0.1, 0.2, 0.3),
                        List.of(0.4, 0.5, 0.6),
                        null));
        assertThat(settings.outputSize()).contains(new Size(24, 32));
    }

    @Test
    void olderFilesGiveSingleNumbers() throws IOException {
        PreprocessingSettings settings =
                read("{\"size\": 48, \"do_center_crop\": true, \"crop_size\": 40, \"image_mean\": 0.25}");
        assertThat(settings.resize()).isEqualTo(new Size(48, 48));
        assertThat(settings.crop()).isEqualTo(new Size(40, 40));
        assertThat(settings.mean()).containsExactly(0.25, 0.25, 0.25);
    }

    @Test
    void stepsThatAreSwitchedOffChangeNothing() throws IOException {
        PreprocessingSettings settings = read("{\"do_resize\": false, \"do_rescale\": false, \"do_normalize\": false}");
        assertThat(settings.resize()).isNull();
        assertThat(settings.rescaleFactor()).isEqualTo(1);
        assertThat(settings.mean()).containsOnly(0.0);
        assertThat(settings.std()).containsOnly(1.0);
        assertThat(settings.outputSize()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"resample\": 6}",
                "{\"size\": {\"shortest_edge\": 4, \"longest_edge\": 8}}",
                "{\"size\": {\"height\": 4}}",
                "{\"size\": {\"height\": 0, \"width\": 4}}",
                "{\"do_pad\": true}",
                "{\"image_mean\": [0.5, 0.5]}",
                "{\"image_std\": [0.5, 0, 0.5]}"
            })
    void whatCannotBeReproducedIsRefused(String json) {
        assertThatIllegalArgumentException().isThrownBy(() -> read(json));
    }

    private PreprocessingSettings read(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        Files.writeString(folder.resolve(PreprocessorConfig.FILE_NAME), json);
        return PreprocessorConfig.read(ModelPackage.open(folder).settings(PreprocessorConfig.FILE_NAME));
    }
}
