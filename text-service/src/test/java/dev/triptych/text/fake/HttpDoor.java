package dev.triptych.text.fake;

import dev.triptych.text.config.WebConfiguration;
import dev.triptych.text.runtime.ModelDescription;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;

/**
 * The HTTP door in front of scripted models. No stereotype, so that no component scan finds it.
 *
 * <p>{@code en-de} runs by itself; {@code de-en} moves by hand; {@code full} is overloaded; {@code slow-loader} is
 * loading; {@code broken} failed; {@code writer} is no translation model; {@code encoder} makes embeddings;
 * {@code chatter} also reads conversations.
 */
@EnableAutoConfiguration
@ComponentScan("dev.triptych.text.api")
@Import(WebConfiguration.class)
public class HttpDoor {

    @Bean
    ScriptedLife scriptedLife(ScriptedModels models) {
        return new ScriptedLife(models);
    }

    @Bean
    ScriptedModels scriptedModels() {
        ScriptedModels models = new ScriptedModels();
        models.add("en-de", "en", "de").runByItself();
        models.add("de-en", "de", "en");
        models.add("full", "en", "fr").capacity(0);
        models.addUnready(ScriptedModels.translator("slow-loader", "en", "es", ModelDescription.Status.LOADING));
        models.addUnready(ScriptedModels.translator("broken", "en", "it", ModelDescription.Status.FAILED));
        models.add(new ScriptedEmbedder());
        ScriptedGenerator chatter = models.add(ScriptedModels.completer("chatter"), ScriptedModels.LIMITS);
        chatter.runByItself();
        models.replace(new ChattingGenerator(chatter));
        models.add(ScriptedModels.completer("writer"), ScriptedModels.LIMITS).runByItself();
        return models;
    }
}
