package dev.triptych.benchmarks.engine;

import dev.triptych.engine.DeviceRequest;
import dev.triptych.engine.SessionOptions;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.text.config.EngineProperties;
import dev.triptych.text.model.Seq2SeqLoader;
import dev.triptych.text.model.Seq2SeqModel;
import dev.triptych.text.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The model that a benchmark of the engine runs, and its settings. */
final class EngineSettings {

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

    /** The model in an engine of its own, with clients that read a text. */
    EngineUnderLoad engine(Path text, List<String> more) throws IOException {
        return new EngineUnderLoad(model, text, properties(more), newTokens);
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

    /** The tokens of a text's sentences, one a line. */
    static List<List<Integer>> prompts(Tokenizer tokenizer, Path text) throws IOException {
        List<List<Integer>> prompts = new ArrayList<>();
        for (String line : Files.readAllLines(text)) {
            if (!line.isBlank()) {
                prompts.add(tokenizer.encode(line.strip()));
            }
        }
        return prompts;
    }
}
