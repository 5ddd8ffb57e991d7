package dev.triptych.text.model;

import dev.triptych.modelpackage.ConfigFile;
import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.text.generation.ChatPrompt;
import dev.triptych.text.template.Template;
import dev.triptych.text.template.TemplateException;
import dev.triptych.text.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model's chat template with the special tokens that it may name. Immutable. */
public final class ChatTemplate {

    private static final List<String> TOKENS = List.of("bos_token", "eos_token", "pad_token", "unk_token");

    private final Template template;
    private final Map<String, String> specialTokens;

    private ChatTemplate(Template template, Map<String, String> specialTokens) {
        this.template = template;
        this.specialTokens = specialTokens;
    }

    /**
     * Reads {@code chat_template.jinja}, or the template in {@code tokenizer_config.json}; of several the one called
     * default.
     *
     * @return empty where the model has none
     * @throws ModelPackageException if there is one that cannot be read
     */
    static Optional<ChatTemplate> read(ModelPackage modelPackage) {
        ConfigFile settings = modelPackage.settings("tokenizer_config.json");
        Optional<String> source =
                modelPackage.file("chat_template.jinja").map(ChatTemplate::text).or(() -> inSettings(settings));
        Map<String, String> specialTokens = new HashMap<>();
        for (String token : TOKENS) {
            settings.token(token).ifPresent(text -> specialTokens.put(token, text));
        }
        try {
            return source.map(text -> new ChatTemplate(Template.parse(text, Clock.systemDefaultZone()), specialTokens));
        } catch (TemplateException e) {
            throw new ModelPackageException("the chat template cannot be read: " + e.getMessage(), e);
        }
    }

    private static Optional<String> inSettings(ConfigFile settings) {
        if (!settings.isList("chat_template")) {
            return settings.string("chat_template");
        }
        return settings.objects("chat_template").stream()
                .filter(named -> named.string("name").orElse("").equals("default"))
                .findFirst()
                .flatMap(named -> named.string("template"));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ModelPackageException(file + " cannot be read", e);
        }
    }

    /**
     * Writes a conversation.
     *
     * @param values what the template sees besides the special tokens
     */
    public ChatPrompt encode(Tokenizer tokenizer, Map<String, @Nullable Object> values) {
        Map<String, @Nullable Object> all = new HashMap<>(specialTokens);
        all.putAll(values);
        try {
            return new ChatPrompt.Encoded(tokenizer.encodeBare(template.render(all)));
        } catch (TemplateException e) {
            return new ChatPrompt.Refused(e.getMessage());
        }
    }
}
