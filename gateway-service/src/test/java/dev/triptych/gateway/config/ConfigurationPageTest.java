package dev.triptych.gateway.config;

import dev.triptych.testkit.ConfigurationPage;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

    @Test
    void everySettingIsDocumentedWithItsDefault() {
        ConfigurationPage.check("gateway-service");
    }
}
