package dev.triptych.vision.model;

import dev.triptych.modelpackage.ConfigFile;
import dev.triptych.vision.image.PreprocessingSettings;
import dev.triptych.vision.image.PreprocessingSettings.Resize;
import dev.triptych.vision.image.PreprocessingSettings.ShortestEdge;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.vision.image.ResampleFilter;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code preprocessor_config.json}. A key that is missing means what Hugging Face's processor of that type
 * defaults to: ViT's, or DeiT's where the type says so. Older files name a {@code feature_extractor_type} and give
 * sizes as single numbers.
 */
final class PreprocessorConfig {

    static final String FILE_NAME = "preprocessor_config.json";

    private static final int CHANNELS = 3;
    private static final int INPUT_SIZE = 224;
    private static final int DEIT_RESIZE = 256;
    private static final List<Double> IMAGENET_STANDARD = List.of(0.5, 0.5, 0.5);

    private final ConfigFile file;
    private final boolean deit;

    private PreprocessorConfig(ConfigFile file) {
        this.file = file;
        this.deit = file.string("image_processor_type")
                .or(() -> file.string("feature_extractor_type"))
                .orElse("")
                .startsWith("DeiT");
    }

    /** @throws IllegalArgumentException if the file asks for something that cannot be reproduced */
    static PreprocessingSettings read(ConfigFile file) {
        return new PreprocessorConfig(file).settings();
    }

    private PreprocessingSettings settings() {
        if (file.flag("do_pad", false)) {
            throw new IllegalArgumentException("do_pad is not supported");
        }
        boolean normalize = file.flag("do_normalize", true);
        ResampleFilter otherwise = deit ? ResampleFilter.BICUBIC : ResampleFilter.BILINEAR;
        OptionalInt resample = file.integer("resample");
        return new PreprocessingSettings(
                file.flag("do_resize", true) ? resize() : null,
                resample.isPresent() ? ResampleFilter.ofPillow(resample.getAsInt()) : otherwise,
                file.flag("do_center_crop", deit) ? crop() : null,
                file.flag("do_rescale", true) ? file.number("rescale_factor").orElse(1.0 / 255.0) : 1.0,
                normalize ? channels("image_mean") : Collections.nCopies(CHANNELS, 0.0),
                normalize ? channels("image_std") : Collections.nCopies(CHANNELS, 1.0));
    }

    private Resize resize() {
        if (!file.has("size")) {
            int edge = deit ? DEIT_RESIZE : INPUT_SIZE;
            return new Size(edge, edge);
        }
        ConfigFile size = file.object("size").orElse(null);
        if (size != null && size.has("shortest_edge") && !size.has("longest_edge")) {
            return new ShortestEdge(size.integer("shortest_edge").orElseThrow());
        }
        return exact("size", size);
    }

    private Size crop() {
        return file.has("crop_size")
                ? exact("crop_size", file.object("crop_size").orElse(null))
                : new Size(INPUT_SIZE, INPUT_SIZE);
    }

    private Size exact(String key, @Nullable ConfigFile size) {
        if (size == null) {
            int edge = file.integer(key).orElseThrow();
            return new Size(edge, edge);
        }
        OptionalInt height = size.integer("height");
        OptionalInt width = size.integer("width");
        if (height.isEmpty() || width.isEmpty()) {
            throw new IllegalArgumentException(
                    key + " must give height and width, or shortest_edge alone, got the keys " + size.keys());
        }
        return new Size(width.getAsInt(), height.getAsInt());
    }

    private List<Double> channels(String key) {
        if (!file.has(key)) {
            return IMAGENET_STANDARD;
        }
        List<Double> values = file.numbers(key);
        return values.size() == 1 ? Collections.nCopies(CHANNELS, values.getFirst()) : values;
    }
}
