package dev.triptych.local.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuiteSettingsTest {

    @Test
    void defaultsAreThoseOfTheContract() {
        assertThat(SuiteSettings.from(Map.of())).isEqualTo(new SuiteSettings(8080, 8081, 8082, 9092));
    }

    @Test
    void theEnvironmentDecides() {
        SuiteSettings settings = SuiteSettings.from(Map.of(
                "TRIPTYCH_GATEWAY_PORT",
                "1",
                "TRIPTYCH_TEXT_PORT",
                "2",
                "TRIPTYCH_VISION_PORT",
                " 3 ",
                "TRIPTYCH_KAFKA_PORT",
                "4"));

        assertThat(settings).isEqualTo(new SuiteSettings(1, 2, 3, 4));
        assertThat(settings.controllerPort()).isEqualTo(5);
        assertThat(settings.bootstrapServers()).isEqualTo("127.0.0.1:4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "64536", "http", "80.5"})
    void anImpossiblePortIsNamed(String port) {
        assertThatThrownBy(() -> SuiteSettings.from(Map.of("TRIPTYCH_TEXT_PORT", port)))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("TRIPTYCH_TEXT_PORT")
                .hasMessageContaining(port);
    }

    @Test
    void aManagementPortCountsToo() {
        assertThatThrownBy(() -> SuiteSettings.from(Map.of("TRIPTYCH_KAFKA_PORT", "9080")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("port 9080");
    }
}
