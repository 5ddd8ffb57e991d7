package dev.triptych.vision.config;

import dev.triptych.testkit.ConfigurationPage;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

    @Test
    void everySettingIsDocumentedWithItsDefault() {
        ConfigurationPage.check("vision-service");
    }
}
