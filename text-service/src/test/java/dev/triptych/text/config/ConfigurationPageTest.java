package dev.triptych.text.config;

import dev.triptych.testkit.ConfigurationPage;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

    @Test
    void everySettingIsDocumentedWithItsDefault() {
        ConfigurationPage.check("text-service");
    }
}
