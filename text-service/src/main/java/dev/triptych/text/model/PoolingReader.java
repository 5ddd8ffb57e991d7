package dev.triptych.text.model;

import dev.triptych.modelpackage.ConfigFile;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.text.model.EncoderModel.Pooling;
import java.util.List;

/**
 * Reads how sentence-transformers would pool: {@code modules.json} lists the steps, the pooling step's folder holds its
 * settings. A package without either is pooled by the mean. What is asked for but not supported is refused, since the
 * vectors would be others.
 */
final class PoolingReader {

    private static final String MODE = "pooling_mode_";
    private static final List<String> KNOWN_STEPS = List.of("Transformer", "Pooling", "Normalize");

    private PoolingReader() {}

    static Pooling read(ModelPackage modelPackage) {
        String folder = "1_Pooling";
        for (ConfigFile step : modelPackage.settingsList("modules.json")) {
            String type = step.string("type").orElse("");
            String name = type.substring(type.lastIndexOf('.') + 1);
            if (!KNOWN_STEPS.contains(name)) {
                throw new ModelPackageException("modules.json asks for what is not supported: " + type);
            }
            if (name.equals("Pooling")) {
                folder = step.string("path").orElse(folder);
            }
        }
        ConfigFile pooling = modelPackage.settings(folder + "/config.json");
        List<String> modes = pooling.keys().stream()
                .filter(key -> key.startsWith(MODE) && pooling.flag(key, false))
                .map(key -> key.substring(MODE.length()))
                .toList();
        if (modes.isEmpty() || modes.equals(List.of("mean_tokens"))) {
            return Pooling.MEAN;
        }
        if (modes.equals(List.of("cls_token"))) {
            return Pooling.CLS;
        }
        throw new ModelPackageException(folder + "/config.json asks for what is not supported: " + modes);
    }
}
