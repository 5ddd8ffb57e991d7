package dev.triptych.vision.model;

import dev.triptych.modelpackage.ConfigFile;
import dev.triptych.vision.image.PreprocessingSettings;
import dev.triptych.vision.image.PreprocessingSettings.EdgeLimits;
import dev.triptych.vision.image.PreprocessingSettings.Resize;
import dev.triptych.vision.image.PreprocessingSettings.ShortestEdge;
import dev.triptych.vision.image.PreprocessingSettings.Size;
import dev.triptych.vision.image.ResampleFilter;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code preprocessor_config.json}. A key that is missing means what Hugging Face's processor of that type
 * defaults to: DeiT's, YOLOS's or SegFormer's where the type says so, else ViT's. Older files name a {@code
 * feature_extractor_type} and give sizes as single numbers.
 */
final class PreprocessorConfig {

    static final String FILE_NAME = "preprocessor_config.json";

    private static final int CHANNELS = 3;
    private static final int CROP_SIZE = 224;
    private static final int YOLOS_LONGEST_EDGE = 1333;
    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);
    private static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);
    private static final List<Double> IMAGENET_STD = List.of(0.229, 0.224, 0.225);

    private final ConfigFile file;
    private final Processor processor;

    /** Hugging Face's processors, with what each does where the file is silent. */
    private enum Processor {
        VIT("ViT", new Size(224, 224), ResampleFilter.BILINEAR, false, HALF, HALF),
        DEIT("DeiT", new Size(256, 256), ResampleFilter.BICUBIC, true, HALF, HALF),
        YOLOS(
                "Yolos",
                new EdgeLimits(800, YOLOS_LONGEST_EDGE),
                ResampleFilter.BILINEAR,
                false,
                IMAGENET_MEAN,
                IMAGENET_STD),
        SEGFORMER("Segformer", new Size(512, 512), ResampleFilter.BILINEAR, false, IMAGENET_MEAN, IMAGENET_STD);

        private final String prefix;
        private final Resize resize;
        private final ResampleFilter resample;
        private final boolean crops;
        private final List<Double> mean;
        private final List<Double> std;

        Processor(
                String prefix,
                Resize resize,
                ResampleFilter resample,
                boolean crops,
                List<Double> mean,
                List<Double> std) {
            this.prefix = prefix;
            this.resize = resize;
            this.resample = resample;
            this.crops = crops;
            this.mean = mean;
            this.std = std;
        }

        static Processor of(ConfigFile file) {
            String type = file.string("image_processor_type")
                    .or(() -> file.string("feature_extractor_type"))
                    .orElse("");
            return Arrays.stream(values())
                    .filter(processor -> type.startsWith(processor.prefix))
                    .findFirst()
                    .orElse(VIT);
        }
    }

    private PreprocessorConfig(ConfigFile file) {
        this.file = file;
        this.processor = Processor.of(file);
    }

    /** @throws IllegalArgumentException if the file asks for something that cannot be reproduced */
    static PreprocessingSettings read(ConfigFile file) {
        return new PreprocessorConfig(file).settings();
    }

    private PreprocessingSettings settings() {
        boolean normalize = file.flag("do_normalize", true);
        OptionalInt resample = file.integer("resample");
        return new PreprocessingSettings(
                file.flag("do_resize", true) ? resize() : null,
                resample.isPresent() ? ResampleFilter.ofPillow(resample.getAsInt()) : processor.resample,
                file.flag("do_center_crop", processor.crops) ? crop() : null,
                file.flag("do_rescale", true) ? file.number("rescale_factor").orElse(1.0 / 255.0) : 1.0,
                normalize ? channels("image_mean", processor.mean) : Collections.nCopies(CHANNELS, 0.0),
                normalize ? channels("image_std", processor.std) : Collections.nCopies(CHANNELS, 1.0),
                pad());
    }

    private Resize resize() {
        if (!file.has("size")) {
            return processor.resize;
        }
        ConfigFile size = file.object("size").orElse(null);
        if (processor == Processor.YOLOS && (size == null || size.has("shortest_edge"))) {
            return edgeLimits(size);
        }
        if (size != null && size.has("shortest_edge") && !size.has("longest_edge")) {
            return new ShortestEdge(size.integer("shortest_edge").orElseThrow());
        }
        return exact("size", size);
    }

    private EdgeLimits edgeLimits(@Nullable ConfigFile size) {
        if (size == null) {
            int longest = file.integer("max_size").orElse(YOLOS_LONGEST_EDGE);
            return new EdgeLimits(file.integer("size").orElseThrow(), longest);
        }
        int longest = size.integer("longest_edge")
                .orElseThrow(() -> new IllegalArgumentException("size must give longest_edge beside shortest_edge"));
        return new EdgeLimits(size.integer("shortest_edge").orElseThrow(), longest);
    }

    /** YOLOS pads to the largest picture of a batch, which is nothing where all have one size, unless told a size. */
    private @Nullable Size pad() {
        boolean yolos = processor == Processor.YOLOS;
        if (!file.flag("do_pad", yolos)) {
            return null;
        }
        if (!yolos) {
            throw new IllegalArgumentException("do_pad is not supported");
        }
        return file.has("pad_size") ? exact("pad_size", file.object("pad_size").orElse(null)) : null;
    }

    private Size crop() {
        return file.has("crop_size")
                ? exact("crop_size", file.object("crop_size").orElse(null))
                : new Size(CROP_SIZE, CROP_SIZE);
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

    private List<Double> channels(String key, List<Double> otherwise) {
        if (!file.has(key)) {
            return otherwise;
        }
        List<Double> values = file.numbers(key);
        return values.size() == 1 ? Collections.nCopies(CHANNELS, values.getFirst()) : values;
    }
}
