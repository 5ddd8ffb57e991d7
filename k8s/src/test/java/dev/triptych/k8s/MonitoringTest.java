package dev.triptych.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Alerts and boards ask for metrics that there are, and an alert leads to what is to be done about it. */
class MonitoringTest {

    private static final Path PAGE = Path.of("../docs/observability.md");
    private static final Pattern OURS = Pattern.compile("triptych_[a-z_]+");

    @Test
    void theyAskOnlyForMetricsOfThePage() throws IOException {
        Set<String> known = names(Files.readString(PAGE));
        Set<String> asked = new TreeSet<>();
        Overlay cpu = new Overlay("overlays/cpu");
        cpu.objects("PrometheusRule")
                .forEach(rules -> rules.findValuesAsText("expr").forEach(expr -> asked.addAll(names(expr))));
        for (JsonNode board : boards(cpu)) {
            board.findValuesAsText("expr").forEach(expr -> asked.addAll(names(expr)));
        }
        assertThat(asked).hasSizeGreaterThan(10).isSubsetOf(known);
    }

    @Test
    void everyAlertHasItsSection() throws IOException {
        Set<String> sections = Files.readString(PAGE)
                .lines()
                .filter(line -> line.startsWith("### "))
                .map(line -> "docs/observability.md#" + line.substring(4).toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        List<String> runbooks = new Overlay("overlays/cpu")
                .objects("PrometheusRule")
                .flatMap(rules -> rules.findValuesAsText("runbook").stream())
                .toList();
        assertThat(sections).containsExactlyInAnyOrderElementsOf(runbooks);
    }

    @Test
    void everyPanelOfABoardHasAPlaceAndASource() throws IOException {
        for (JsonNode board : boards(new Overlay("overlays/cpu"))) {
            assertThat(board.path("uid").asText()).startsWith("triptych-");
            Set<Integer> ids = new TreeSet<>();
            for (JsonNode panel : board.path("panels")) {
                assertThat(ids.add(panel.path("id").asInt()))
                        .as("panel ids differ")
                        .isTrue();
                assertThat(panel.at("/gridPos/x").asInt()
                                + panel.at("/gridPos/w").asInt())
                        .isLessThanOrEqualTo(24);
                assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
                assertThat(panel.path("targets")).isNotEmpty();
            }
        }
    }

    private static List<JsonNode> boards(Overlay overlay) throws IOException {
        JsonNode map = overlay.objects("ConfigMap")
                .filter(object -> Overlay.name(object).equals("triptych-dashboards"))
                .findFirst()
                .orElseThrow();
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> boards = new ArrayList<>();
        for (JsonNode board : map.path("data")) {
            boards.add(json.readTree(board.asText()));
        }
        assertThat(boards).hasSize(2);
        return boards;
    }

    /** Our metrics in a text, without what Prometheus adds to a histogram's name. */
    private static Set<String> names(String text) {
        return OURS.matcher(text)
                .results()
                .map(match -> match.group().replaceAll("_(bucket|count|sum)$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
