package dev.triptych.text.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.testkit.Fixtures;
import dev.triptych.testkit.ManualClock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Chat templates give what Hugging Face's {@code apply_chat_template} makes of them. */
class TemplateTest {

    static List<Golden> goldens() {
        List<Golden> goldens = new ArrayList<>();
        for (JsonNode node : JsonMapper.shared()
                .readTree(Fixtures.path("chat/golden-chat.json").toFile())) {
            goldens.add(new Golden(node));
        }
        return goldens;
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void rendersAsHuggingFaceDoes(Golden golden) {
        Template template = Template.parse(golden.node().path("template").stringValue(), new ManualClock());
        Map<String, Object> values = golden.values();
        if (golden.node().has("error")) {
            assertThatThrownBy(() -> template.render(values)).isInstanceOf(TemplateException.class);
        } else {
            assertThat(template.render(values))
                    .isEqualTo(golden.node().path("rendered").stringValue());
        }
    }

    @Test
    void whatATemplateRaisesIsToldInItsWords() {
        Template template = Template.parse("{{ raise_exception('No system role.') }}", new ManualClock());
        assertThatThrownBy(() -> template.render(Map.of()))
                .isInstanceOfSatisfying(
                        TemplateException.class, e -> assertThat(e.raised()).isTrue())
                .hasMessage("No system role.");
    }

    @Test
    void theDateIsTheClocks() {
        assertThat(Template.parse("{{ strftime_now('%d %b %Y') }}", new ManualClock())
                        .render(Map.of()))
                .isEqualTo("01 Jan 2026");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ a",
                "{% if a %}",
                "{% for a b %}{% endfor %}",
                "{{ a | nothing }}",
                "{{ a is nothing }}",
                "{% include 'x' %}",
                "{{ 'a }}",
                "{# a",
                "{{ a ? b }}",
                "{{ (1, }}",
                "{% endif %}"
            })
    void whatIsNotUnderstoodIsRefusedWhenItIsParsed(String source) {
        assertThatThrownBy(() -> Template.parse(source, new ManualClock())).isInstanceOf(TemplateException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ a.b }}",
                "{{ a() }}",
                "{{ 1 + 'a' }}",
                "{{ 1 < 'a' }}",
                "{{ 1 // 0 }}",
                "{% for x in 3 %}{% endfor %}",
                "{{ range(10000000) }}",
                "{% set a.b = 1 %}",
                "{{ 'a'.strip(1) }}",
                "{{ [1][::0] }}"
            })
    void whatCannotBeDoneIsRefusedWhenItIsRendered(String source) {
        Template template = Template.parse(source, new ManualClock());
        assertThatThrownBy(() -> template.render(Map.of())).isInstanceOf(TemplateException.class);
    }

    record Golden(JsonNode node) {

        @SuppressWarnings("unchecked")
        Map<String, Object> values() {
            return (Map<String, Object>) value(node.path("values"));
        }

        private static Object value(JsonNode node) {
            return switch (node.getNodeType()) {
                case STRING -> node.stringValue();
                case BOOLEAN -> node.booleanValue();
                case NUMBER -> node.isIntegralNumber() ? (Object) node.longValue() : node.doubleValue();
                case ARRAY -> {
                    List<Object> list = new ArrayList<>();
                    node.forEach(element -> list.add(value(element)));
                    yield list;
                }
                case OBJECT -> {
                    Map<String, Object> map = new LinkedHashMap<>();
                    node.properties().forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
                    yield map;
                }
                default -> null;
            };
        }

        @Override
        public String toString() {
            return node.path("name").stringValue() + (node.path("values").has("tools") ? " with tools" : "");
        }
    }
}
