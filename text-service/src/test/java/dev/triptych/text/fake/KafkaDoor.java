package dev.triptych.text.fake;

import dev.triptych.text.config.KafkaConfiguration;
import dev.triptych.text.config.WebConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;

/**
 * The Kafka door in front of scripted models. No stereotype, so that no component scan finds it.
 *
 * <p>{@code en-de} runs by itself; {@code de-en} moves by hand.
 */
@EnableAutoConfiguration
@ComponentScan("dev.triptych.text.api")
@Import({WebConfiguration.class, KafkaConfiguration.class})
public class KafkaDoor {

    @Bean
    ScriptedModels scriptedModels() {
        ScriptedModels models = new ScriptedModels();
        models.add("en-de", "en", "de").runByItself();
        models.add("de-en", "de", "en");
        return models;
    }

    @Bean
    ScriptedLife scriptedLife(ScriptedModels models) {
        return new ScriptedLife(models);
    }
}
