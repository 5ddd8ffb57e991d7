package dev.triptych.benchmarks.strategies;

import dev.triptych.text.runtime.TextGenerator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Sentences with their translations, from tab-separated text. */
final class Corpus {

    /** Longer prompts count as long. */
    static final int SHORT_TOKENS = 20;

    private Corpus() {}

    /**
     * A sentence.
     *
     * @param prompt its tokens
     */
    record Pair(List<Integer> prompt, String reference) {

        boolean isShort() {
            return prompt.size() <= SHORT_TOKENS;
        }
    }

    /**
     * As many pairs as wanted, spread evenly over the file; columns beyond the second do not count.
     *
     * @param file source and reference by line, also gzipped
     */
    static List<Pair> read(Path file, int wanted, TextGenerator generator) throws IOException {
        List<String[]> lines = new ArrayList<>();
        try (InputStream raw = Files.newInputStream(file);
                InputStream plain = String.valueOf(file).endsWith(".gz") ? new GZIPInputStream(raw) : raw;
                BufferedReader reader = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] columns = line.split("\t", -1);
                if (columns.length >= 2 && !columns[0].isBlank() && !columns[1].isBlank()) {
                    lines.add(columns);
                }
            }
        }
        List<Pair> pairs = new ArrayList<>();
        int count = Math.min(wanted, lines.size());
        for (int i = 0; i < count; i++) {
            String[] columns = lines.get((int) ((long) i * lines.size() / count));
            List<Integer> prompt = generator.encode(columns[0].strip());
            if (!prompt.isEmpty() && prompt.size() <= generator.limits().maxPromptTokens()) {
                pairs.add(new Pair(prompt, columns[1].strip()));
            }
        }
        return pairs;
    }
}
