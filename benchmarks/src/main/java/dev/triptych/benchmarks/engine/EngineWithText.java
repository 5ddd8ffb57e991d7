package dev.triptych.benchmarks.engine;

import dev.triptych.text.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/** An engine of the given settings, and the sentences that its clients send. */
final class EngineWithText extends EngineSettings {

    @Parameters(index = "1", paramLabel = "TEXT", description = "file with one sentence per line")
    private Path text = Path.of("sentences.txt");

    Path text() {
        return text;
    }

    /** The model in an engine of its own, with clients that read the text. */
    EngineUnderLoad engine(List<String> more) throws IOException {
        return new EngineUnderLoad(model(), text, properties(more), newTokens());
    }

    /** The tokens of the text's sentences. */
    List<List<Integer>> prompts(Tokenizer tokenizer) throws IOException {
        List<List<Integer>> prompts = new ArrayList<>();
        for (String line : Files.readAllLines(text)) {
            if (!line.isBlank()) {
                prompts.add(tokenizer.encode(line.strip()));
            }
        }
        return prompts;
    }
}
