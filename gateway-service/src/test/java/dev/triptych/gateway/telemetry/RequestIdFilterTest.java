package dev.triptych.gateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdFilterTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "req_123", "0f8fad5b-d9cb-469f-a165-70867728950e", "A.b:c-D_9"})
    void aSafeIdIsKept(String id) {
        assertThat(RequestIdFilter.accept(List.of(id))).isEqualTo(id);
    }

    @Test
    void anIdOf128CharactersIsKeptAndALongerOneReplaced() {
        assertThat(RequestIdFilter.accept(List.of("x".repeat(128)))).isEqualTo("x".repeat(128));
        assertThat(RequestIdFilter.accept(List.of("x".repeat(129)))).matches("[0-9a-f]{32}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "two words", "line\nbreak", "tab\t", "umlaut-ä", "<script>", "a\"b", "a;b", "a%0a"})
    void whatCouldForgeALogLineIsReplaced(String id) {
        assertThat(RequestIdFilter.accept(List.of(id))).matches("[0-9a-f]{32}");
    }

    @Test
    void newIdsDiffer() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            ids.add(RequestIdFilter.accept(null));
        }
        assertThat(ids).hasSize(10_000);
    }
}
