package dev.triptych.benchmarks.strategies;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A run, as a page with plots and as curves.
 *
 * @param command that made it
 * @param machine where
 */
record Report(
        String model, String command, String machine, Map<Contender, Quality> quality, List<Measurement> measured) {

    /** Writes the page, and its plots beside it under {@code strategies/}. */
    void write(Path page) throws IOException {
        Path folder = page.toAbsolutePath().resolveSibling("strategies");
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("quality.svg"), qualityPlot().svg());
        Files.writeString(folder.resolve("short.svg"), throughputPlot(true).svg());
        Files.writeString(folder.resolve("long.svg"), throughputPlot(false).svg());
        Files.writeString(page, page());
    }

    Curves curves() {
        return Curves.of(this);
    }

    List<Integer> clients() {
        return measured.stream()
                .map(measurement -> measurement.throughput().clients())
                .distinct()
                .sorted()
                .toList();
    }

    Optional<Measurement> find(Contender contender, int clients, boolean isShort) {
        return measured.stream()
                .filter(measurement -> measurement.contender().equals(contender)
                        && measurement.throughput().clients() == clients
                        && measurement.isShort() == isShort)
                .findFirst();
    }

    private Plot qualityPlot() {
        Plot plot = new Plot(
                "BLEU by median latency of long sentences, one client",
                new Plot.Axis("ms", true),
                new Plot.Axis("BLEU", false));
        quality.forEach((contender, found) -> find(contender, clients().getFirst(), false)
                .ifPresent(measurement -> plot.add(contender.label(), measurement.p50(), found.bleu())));
        return plot;
    }

    private Plot throughputPlot(boolean isShort) {
        Plot plot = new Plot(
                "Sentences a second by clients, " + (isShort ? "short" : "long") + " sentences",
                new Plot.Axis("clients", true),
                new Plot.Axis("sentences/s", true));
        measured.stream()
                .filter(measurement -> measurement.isShort() == isShort)
                .forEach(measurement -> plot.add(
                        measurement.contender().label(),
                        measurement.throughput().clients(),
                        measurement.throughput().requestsPerSecond()));
        return plot;
    }

    private String page() {
        StringBuilder out = new StringBuilder("# Strategies side by side\n\n");
        out.append("Made by `")
                .append(command)
                .append("`; written anew by every run.\nMachine: ")
                .append(machine);
        out.append(".\n\nThe machine is shared: compare within the page, not across pages. Short sentences have up to ")
                .append(Corpus.SHORT_TOKENS)
                .append(" source tokens.\n\n## Quality and passes\n\n");
        out.append("| strategy | BLEU | chrF | passes a sentence | times fewer than greedy | accepted tokens a pass | "
                + "outputs like greedy's |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        quality.forEach((contender, found) -> out.append(String.format(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %.2f | %.2f | %.2f | %d of %d |%n",
                contender.label(),
                found.bleu(),
                found.chrf(),
                found.passes(),
                found.fewer(),
                found.accepted(),
                found.likeGreedy(),
                found.sentences())));
        out.append("\n![BLEU by latency](strategies/quality.svg)\n");
        for (boolean isShort : new boolean[] {true, false}) {
            out.append("\n## ")
                    .append(isShort ? "Short" : "Long")
                    .append(" sentences\n\n")
                    .append(table(isShort));
            out.append("\n![Sentences a second](strategies/")
                    .append(isShort ? "short" : "long")
                    .append(".svg)\n");
        }
        return out.append("\n## Which is fastest where\n\n").append(crossover()).toString();
    }

    private String table(boolean isShort) {
        StringBuilder out = new StringBuilder("Latency p50 / p99 in ms, sentences a second.\n\n| strategy |");
        clients().forEach(count -> out.append(" ").append(count).append(count == 1 ? " client |" : " clients |"));
        out.append("\n| --- |").append(" --- |".repeat(clients().size())).append('\n');
        quality.keySet().forEach(contender -> {
            out.append("| ").append(contender.label()).append(" |");
            clients()
                    .forEach(count -> out.append(find(contender, count, isShort)
                            .map(found -> String.format(
                                    Locale.ROOT,
                                    " %.1f / %.1f, %.1f/s, %.1f ms |",
                                    found.p50(),
                                    found.p99(),
                                    found.throughput().requestsPerSecond(),
                                    found.cpuMillis()))
                            .orElse(" |")));
            out.append('\n');
        });
        return out.toString();
    }

    private String crossover() {
        StringBuilder out = new StringBuilder();
        for (boolean isShort : new boolean[] {true, false}) {
            for (int count : clients()) {
                Optional<Measurement> exact = fastest(count, isShort, true);
                Optional<Measurement> any = fastest(count, isShort, false);
                if (exact.isPresent() && any.isPresent()) {
                    out.append(String.format(
                            Locale.ROOT,
                            "- %d %s, %s sentences: of those with greedy's ids %s (%.2f times greedy's throughput), of all %s "
                                    + "(%.2f times).%n",
                            count,
                            count == 1 ? "client" : "clients",
                            isShort ? "short" : "long",
                            exact.get().contender().label(),
                            beside(exact.get()),
                            any.get().contender().label(),
                            beside(any.get())));
                }
            }
        }
        return out.toString();
    }

    private Optional<Measurement> fastest(int clients, boolean isShort, boolean exact) {
        Stream<Measurement> all = measured.stream()
                .filter(found -> found.throughput().clients() == clients && found.isShort() == isShort);
        return all.filter(found -> !exact || found.contender().exact())
                .max(Comparator.comparingDouble(found -> found.throughput().requestsPerSecond()));
    }

    private double beside(Measurement measurement) {
        return measured.stream()
                .filter(found -> found.contender().label().equals("greedy")
                        && found.throughput().clients()
                                == measurement.throughput().clients()
                        && found.isShort() == measurement.isShort())
                .mapToDouble(greedy -> measurement.throughput().requestsPerSecond()
                        / greedy.throughput().requestsPerSecond())
                .findFirst()
                .orElse(Double.NaN);
    }
}
