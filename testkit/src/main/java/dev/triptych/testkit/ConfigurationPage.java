package dev.triptych.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Holds {@code docs/configuration.md} against the metadata that the compiler wrote of a module's settings. With
 * {@code -Dtriptych.docs.write=true} the page is brought up to date instead.
 */
public final class ConfigurationPage {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Path METADATA = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");

    private ConfigurationPage() {}

    /**
     * Compares a module's section of the page with its metadata; run from the module's folder.
     *
     * @throws AssertionError if the page is stale, with the command that mends it
     */
    public static void check(String module) {
        try {
            String page = Files.readString(PAGE);
            String heading = "## " + module + "\n";
            int start = page.indexOf(heading);
            int next = start < 0 ? -1 : page.indexOf("\n## ", start);
            String present = start < 0 ? "" : page.substring(start, next < 0 ? page.length() : next + 1);
            String expected = heading + "\n" + table();
            if (present.strip().equals(expected.strip())) {
                return;
            }
            if (!Boolean.getBoolean("triptych.docs.write")) {
                throw new AssertionError("docs/configuration.md is stale for " + module + "; mend it with"
                        + " ./mvnw -pl " + module + " -am test -Dtest=ConfigurationPageTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dtriptych.jvm.args=-Dtriptych.docs.write=true\nexpected:\n"
                        + expected + "\nfound:\n" + present);
            }
            String updated = start < 0
                    ? page.stripTrailing() + "\n\n" + expected
                    : page.replace(present.strip(), expected.strip());
            Files.writeString(PAGE, updated.stripTrailing() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String table() throws IOException {
        JsonNode metadata = JsonMapper.builder().build().readTree(Files.readString(METADATA));
        List<String> rows = StreamSupport.stream(metadata.path("properties").spliterator(), false)
                .map(ConfigurationPage::row)
                .sorted()
                .distinct()
                .toList();
        return "| setting | default | meaning |\n| --- | --- | --- |\n"
                + rows.stream().collect(Collectors.joining("\n")) + "\n";
    }

    private static String row(JsonNode property) {
        JsonNode value = property.path("defaultValue");
        String shown = value.isMissingNode() ? "" : value.isString() ? value.stringValue() : value.toString();
        String meaning = property.path("description")
                .asString("")
                .replaceAll("\\s+", " ")
                .replaceAll("\\{@code ([^}]*)}", "`$1`")
                .replace("|", "\\|");
        return "| `" + property.path("name").asString() + "` | " + (shown.isEmpty() ? "" : "`" + shown + "`") + " | "
                + meaning + " |";
    }
}
