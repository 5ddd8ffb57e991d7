package dev.triptych.text.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.triptych.text.fake.HttpDoor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(
        classes = HttpDoor.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "management.server.port=")
@AutoConfigureWebTestClient
class ApiIT {

    private final JsonMapper json = JsonMapper.shared();

    @Autowired
    WebTestClient client;

    @Test
    void aTextIsTranslatedWithUsageAndTiming() {
        JsonNode reply = post(
                "/v1/translations", "{'source':'en','target':'de','input':'One two. Three!','return_token_ids':true}");
        assertThat(reply.path("id").stringValue()).startsWith("trans-");
        assertThat(reply.path("model").stringValue()).isEqualTo("en-de");
        assertThat(reply.path("strategy").stringValue()).isEqualTo("greedy");
        JsonNode entry = reply.path("data").get(0);
        assertThat(entry.path("index").intValue()).isZero();
        assertThat(entry.path("text").stringValue()).isEqualTo("ONE TWO. THREE!");
        assertThat(entry.path("token_ids")).hasSize(16);
        assertThat(entry.path("score").doubleValue()).isEqualTo(-8.0);
        assertThat(entry.path("warnings")).isEmpty();
        assertThat(entry.path("timing"))
                .isEqualTo(json.readTree("{\"queue_ms\":2.0,\"encode_ms\":4.0,\"decode_ms\":6.0,\"steps\":16,"
                        + "\"drafted\":0,\"accepted\":0}"));
        assertThat(reply.path("usage"))
                .isEqualTo(json.readTree("{\"prompt_tokens\":16,\"completion_tokens\":16,\"total_tokens\":32}"));
    }

    @Test
    void severalTextsComeBackInOrderAndTokenIdsOnlyWhereAsked() {
        JsonNode reply = post("/v1/translations", "{'source':'en','target':'de','input':['long long long','b','c']}");
        assertThat(reply.path("data")
                        .valueStream()
                        .map(entry -> entry.path("text").stringValue()))
                .containsExactly("LONG LONG LONG", "B", "C");
        assertThat(reply.path("data").get(0).has("token_ids")).isFalse();
    }

    @Test
    void aSentenceThatIsCutShortIsReported() {
        JsonNode reply = post(
                "/v1/translations", "{'source':'en','target':'de','input':'abcdef','options':{'max_new_tokens':3}}");
        assertThat(reply.path("data").get(0).path("warnings").get(0).stringValue())
                .isEqualTo("truncated");
    }

    @Test
    void aStreamedTranslationArrivesInOrderAndEndsWithTheWhole() {
        List<String> events = stream(
                "/v1/translations",
                "{'source':'en','target':'de','input':['One two.\\n\\nThree. Four.','x'],'stream':true}");
        assertThat(events.getLast()).isEqualTo("[DONE]");
        JsonNode whole = json.readTree(events.get(events.size() - 2));
        assertThat(whole.path("usage").path("completion_tokens").intValue()).isEqualTo(24);
        StringBuilder first = new StringBuilder();
        StringBuilder second = new StringBuilder();
        for (String event : events.subList(0, events.size() - 2)) {
            JsonNode delta = json.readTree(event);
            assertThat(delta.propertyNames()).containsExactly("index", "delta");
            (delta.path("index").intValue() == 0 ? first : second)
                    .append(delta.path("delta").stringValue());
        }
        // The first sentence comes token by token; a later one that ends sooner comes as a whole at the first one's
        // end.
        assertThat(events.size()).isGreaterThanOrEqualTo("One two.".length());
        assertThat(first.toString())
                .isEqualTo("ONE TWO.\n\nTHREE. FOUR.")
                .isEqualTo(whole.path("data").get(0).path("text").stringValue());
        assertThat(second.toString()).isEqualTo("X");
    }

    @Test
    void aFailureAfterTheFirstByteIsAnErrorEvent() {
        List<String> events =
                stream("/v1/translations", "{'source':'en','target':'de','input':['1\\n\\n[fails]'],'stream':true}");
        assertThat(json.readTree(events.getFirst()).path("delta").stringValue()).isEqualTo("1\n\n");
        assertThat(json.readTree(events.get(1)).path("code").stringValue()).isEqualTo("internal");
        assertThat(events.getLast()).isEqualTo("[DONE]");
    }

    @Test
    void libreTranslateAnswersAStringForAStringAndAListForAList() {
        assertThat(post("/translate", "{'q':'Hi there','source':'en','target':'de','api_key':'k','extra':1}"))
                .isEqualTo(json.readTree("{\"translatedText\":\"HI THERE\"}"));
        assertThat(post("/translate", "{'q':['a','b'],'source':'en','target':'de','format':'text'}"))
                .isEqualTo(json.readTree("{\"translatedText\":[\"A\",\"B\"]}"));
    }

    @Test
    void libreTranslateDetectsTheLanguageThatAModelReads() {
        JsonNode reply = post("/translate", "{'q':['Where is the house?'],'source':'auto','target':'de'}");
        assertThat(reply.at("/translatedText/0").stringValue()).isEqualTo("WHERE IS THE HOUSE?");
        assertThat(reply.at("/detectedLanguage/0/language").stringValue()).isEqualTo("en");
        assertThat(reply.at("/detectedLanguage/0/confidence").doubleValue()).isBetween(50.0, 100.0);
    }

    @Test
    void libreTranslateSaysWhichLanguageATextIsIn() {
        JsonNode guesses = post("/detect", "{'q':'Wo ist denn hier bitte der Bahnhof?','api_key':''}");
        assertThat(guesses.at("/0/language").stringValue()).isEqualTo("de");
        assertThat(post("/detect", "{'q':'42'}")).isEmpty();
    }

    @Test
    void libreTranslatesPageLearnsItsSettings() {
        client.get()
                .uri("/frontend/settings")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{\"language\":{\"source\":{\"code\":\"auto\"}},\"keyRequired\":false,\"suggestions\":false}");
    }

    @Test
    void libreTranslateTakesForms() {
        client.post()
                .uri("/translate")
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .bodyValue("q=Gr%C3%BC%C3%9Fe+da&source=en&target=de&format=text&alternatives=0")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{\"translatedText\":\"GRÜSSE DA\"}");
    }

    @Test
    void languagesAreListedWithTheirTargets() {
        client.get()
                .uri("/languages")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .json("[{\"code\":\"de\",\"name\":\"German\",\"targets\":[\"en\"]},"
                        + "{\"code\":\"en\",\"name\":\"English\",\"targets\":[\"de\",\"fr\"]},"
                        + "{\"code\":\"fr\",\"name\":\"French\",\"targets\":[]}]");
    }

    @Test
    void completionsTakeTextAndReturnIds() {
        JsonNode reply = post("/v1/completions", "{'model':'writer','prompt':'ab','return_token_ids':true,'n':1}");
        assertThat(reply.path("object").stringValue()).isEqualTo("text_completion");
        assertThat(reply.path("model").stringValue()).isEqualTo("writer");
        assertThat(reply.path("choices").get(0))
                .isEqualTo(json.readTree("{\"text\":\"AB\",\"index\":0,\"logprobs\":null,\"finish_reason\":\"stop\","
                        + "\"token_ids\":[69,70,1]}"));
        assertThat(reply.path("usage").path("total_tokens").intValue()).isEqualTo(6);
    }

    @Test
    void promptIdsAreUsedAsTheyAre() {
        JsonNode reply = post(
                "/v1/completions",
                "{'model':'writer','prompt':[[101,102],[103]],'max_tokens':2,'temperature':0,'stop':null,'user':'u'}");
        assertThat(reply.path("choices").get(0).path("text").stringValue()).isEqualTo("AB");
        assertThat(reply.path("choices").get(0).path("finish_reason").stringValue())
                .isEqualTo("length");
        assertThat(reply.path("choices").get(1).path("text").stringValue()).isEqualTo("C");
        assertThat(reply.path("choices").get(1).path("index").intValue()).isEqualTo(1);
        assertThat(reply.path("usage").path("prompt_tokens").intValue()).isEqualTo(3);
    }

    @Test
    void streamedCompletionsJoinToTheWholeAndTellTheirUsage() {
        List<String> events = stream(
                "/v1/completions",
                "{'model':'writer','prompt':['aé','b'],'stream':true,'return_token_ids':true,"
                        + "'stream_options':{'include_usage':true}}");
        assertThat(events.getLast()).isEqualTo("[DONE]");
        JsonNode usage = json.readTree(events.get(events.size() - 2));
        assertThat(usage.path("choices")).isEmpty();
        assertThat(usage.path("usage").path("completion_tokens").intValue()).isEqualTo(6);
        StringBuilder text = new StringBuilder();
        StringBuilder ids = new StringBuilder();
        String finish = null;
        for (String event : events.subList(0, events.size() - 2)) {
            JsonNode choice = json.readTree(event).path("choices").get(0);
            if (choice.path("index").intValue() == 0) {
                text.append(choice.path("text").stringValue());
                choice.path("token_ids").forEach(id -> ids.append(id.intValue()).append(' '));
                finish = choice.path("finish_reason").stringValue(null);
            }
        }
        assertThat(text.toString()).isEqualTo("AÉ");
        assertThat(ids.toString()).isEqualTo("69 199 141 1 ");
        assertThat(finish).isEqualTo("stop");
    }

    @Test
    void embeddingsComeInTheOrderOfTheirTextsWithUsage() {
        JsonNode reply = post("/v1/embeddings", "{'model':'encoder','input':['ab','c']}");
        assertThat(reply.path("object").stringValue()).isEqualTo("list");
        assertThat(reply.path("model").stringValue()).isEqualTo("encoder");
        assertThat(reply.path("data").get(0))
                .isEqualTo(json.readTree("{\"object\":\"embedding\",\"index\":0,\"embedding\":[2.0,97.0,0.5]}"));
        assertThat(reply.path("data").get(1).path("embedding")).isEqualTo(json.readTree("[1.0,99.0,0.5]"));
        assertThat(reply.path("usage")).isEqualTo(json.readTree("{\"prompt_tokens\":3,\"total_tokens\":3}"));
    }

    @Test
    void aLongTextIsSplitOnRequestAndItsPiecesAreAveragedByTheirTokens() {
        JsonNode reply =
                post("/v1/embeddings", "{'model':'encoder','input':['0123456789abcdef','z'],'long_input':'split'}");
        assertThat(reply.path("usage").path("prompt_tokens").intValue()).isEqualTo(17);
        // Pieces of 12 and 4 characters: [12, '0', 0.5] and [4, 'c', 0.5].
        double[] sum = {12 * 12 + 4 * 4, 12 * '0' + 4 * 'c', 16 * 0.5};
        double length = Math.sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);
        JsonNode vector = reply.path("data").get(0).path("embedding");
        for (int i = 0; i < 3; i++) {
            assertThat(vector.get(i).doubleValue()).isCloseTo(sum[i] / length, within(1e-6));
        }
        assertThat(reply.path("data").get(1).path("embedding")).isEqualTo(json.readTree("[1.0,122.0,0.5]"));
    }

    @Test
    void embeddingsTakeTokenIdsAndComeAsBase64() {
        JsonNode reply = post(
                "/v1/embeddings",
                "{'model':'encoder','input':[[5,6,7]],'encoding_format':'base64','dimensions':3,'user':'u'}");
        byte[] bytes = Base64.getDecoder()
                .decode(reply.path("data").get(0).path("embedding").stringValue());
        FloatBuffer numbers =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        assertThat(numbers.get(0)).isEqualTo(3);
        assertThat(numbers.get(1)).isEqualTo(5);
        assertThat(numbers.remaining()).isEqualTo(3);
    }

    @Test
    void aConversationIsAnsweredInTheAssistantsName() {
        JsonNode reply = post(
                "/v1/chat/completions",
                "{'model':'chatter','messages':[{'role':'developer','content':'a'},"
                        + "{'role':'user','content':[{'type':'text','text':'b'},{'type':'text','text':'c'}]}],"
                        + "'temperature':0,'max_completion_tokens':50,'tools':[],'logprobs':false}");
        assertThat(reply.path("id").stringValue()).startsWith("chatcmpl-");
        assertThat(reply.path("object").stringValue()).isEqualTo("chat.completion");
        assertThat(reply.path("choices").get(0))
                .isEqualTo(json.readTree("{\"index\":0,\"message\":{\"role\":\"assistant\","
                        + "\"content\":\"SYSTEM=A;USER=BC;\"},\"finish_reason\":\"stop\"}"));
        assertThat(reply.path("usage").path("prompt_tokens").intValue()).isEqualTo(18);
    }

    @Test
    void aStreamedConversationNamesItsRoleOnceAndJoinsToTheWhole() {
        List<String> events = stream(
                "/v1/chat/completions",
                "{'model':'chatter','messages':[{'role':'user','content':'ab'}],'stream':true}");
        assertThat(events.getLast()).isEqualTo("[DONE]");
        StringBuilder text = new StringBuilder();
        for (String event : events.subList(0, events.size() - 1)) {
            JsonNode chunk = json.readTree(event);
            assertThat(chunk.path("object").stringValue()).isEqualTo("chat.completion.chunk");
            JsonNode delta = chunk.path("choices").get(0).path("delta");
            assertThat(delta.has("role")).isEqualTo(text.isEmpty());
            text.append(delta.path("content").stringValue());
        }
        assertThat(text.toString()).isEqualTo("USER=AB;");
    }

    @Test
    void modelsAreListedWithTheirState() {
        JsonNode list = get("/v1/models");
        assertThat(list.path("object").stringValue()).isEqualTo("list");
        assertThat(list.path("data").valueStream().map(model -> model.path("id").stringValue()))
                .containsExactly("broken", "chatter", "de-en", "en-de", "encoder", "full", "slow-loader", "writer");
        JsonNode broken = get("/v1/models/broken");
        assertThat(broken.path("object").stringValue()).isEqualTo("model");
        assertThat(broken.path("created").longValue()).isEqualTo(1767225600L);
        assertThat(broken.path("owned_by").stringValue()).isEqualTo("triptych");
        assertThat(broken.path("status").stringValue()).isEqualTo("failed");
        assertThat(broken.path("problems").get(0).stringValue()).contains("causality");
        assertThat(get("/v1/models/en-de").path("target").stringValue()).isEqualTo("de");
    }

    @Test
    void requestIdsAreEchoedOrMade() {
        client.get()
                .uri("/languages")
                .header("X-Request-Id", "abc-1")
                .exchange()
                .expectHeader()
                .valueEquals("X-Request-Id", "abc-1");
        client.get()
                .uri("/nowhere")
                .header("X-Request-Id", "not fit")
                .exchange()
                .expectHeader()
                .value("X-Request-Id", id -> assertThat(id).hasSize(36));
    }

    private JsonNode get(String path) {
        return client.get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody();
    }

    private JsonNode post(String path, String body) {
        return Answers.post(client, path, body);
    }

    private List<String> stream(String path, String body) {
        return Answers.stream(client, path, body);
    }
}
