package dev.triptych.benchmarks.engine;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.SessionOptions;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.text.config.EngineProperties;
import dev.triptych.text.model.Seq2SeqLoader;
import dev.triptych.text.model.Seq2SeqModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The model that a benchmark of the engine runs, and its settings. */
class EngineSettings {

    @Parameters(index = "0", paramLabel = "MODEL", description = "folder of the model")
    private Path model = Path.of("models/triptych-en-de");

    @Option(names = "--new-tokens", description = "most tokens of one sentence (default: ${DEFAULT-VALUE})")
    private int newTokens = 128;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting below triptych, such as threads=1")
    private List<String> settings = List.of();

    Path model() {
        return model;
    }

    int newTokens() {
        return newTokens;
    }

    /** The settings with more of them. */
    EngineProperties properties(List<String> more) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        source.put("triptych.models", String.valueOf(model.toAbsolutePath().getParent()));
        source.put("triptych.device", "cpu");
        List<String> all = new ArrayList<>(settings);
        all.addAll(more);
        for (String setting : all) {
            String[] parts = setting.split("=", 2);
            source.put("triptych." + parts[0], parts.length > 1 ? parts[1] : "");
        }
        return new Binder(source).bindOrCreate("triptych", EngineProperties.class);
    }

    /** A folder's graphs, for loops without an engine. */
    Seq2SeqModel graphs(Path folder) {
        EngineProperties properties = properties(List.of());
        return new Seq2SeqLoader(
                        properties.engine().sessions(),
                        new SessionOptions(
                                DeviceRequest.parse(properties.device()),
                                properties.threads(),
                                properties.cuda().options()),
                        properties.variants())
                .load(ModelPackage.open(folder));
    }
}
