package dev.triptych.text.decoding.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.triptych.text.generation.OutputFormat;
import dev.triptych.text.generation.ParameterException;
import dev.triptych.text.generation.TokenAutomaton;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON Schemas against a validator: what may be generated conforms, and what must be possible is. */
class SchemaTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final List<byte[]> VOCABULARY = Spelled.vocabulary(
            "{\"", "\": ", "\", \"", "\"}", "}}", "],", "true", "12", "ab", "é", "漢", "e+", "-1", "\\\"", "\\u00");
    private static final OutputConstraints CONSTRAINTS = new OutputConstraints(VOCABULARY, List.of(Spelled.END));

    static List<Long> seeds() {
        return new Random(20).longs(60).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsGeneratedOfARandomSchemaConformsToIt(long seed) {
        RandomSchema schemas = new RandomSchema(new Random(seed));
        String text = schemas.next();
        TokenAutomaton automaton = compile(text);
        Schema schema = schema(text);
        Random random = new Random(seed);
        for (int round = 0; round < 10; round++) {
            String output = walk(automaton, random);
            assertThat(schema.validate(JSON.readTree(output)))
                    .as("seed %d: %s of %s", seed, output, text)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'string'}},'required':['a']} | {"a":1} | {"b":"x"}
            {'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'string'}},'required':['a']} | {"a": -10, "b": "é\\\\\\n"} | {"a":1,}
            {'properties':{'a':{'type':'null'},'b':{'type':'null'},'c':{'type':'null'}}} | {"a":null,"c":null} | {,"c":null}
            {'properties':{'a':{'type':'null'},'b':{'type':'null'}}} | {} | {"c":null}
            {'type':'array','items':{'type':'number'},'minItems':2,'maxItems':3} | [0.5,-1e-3] | [1]
            {'type':'array','items':{'type':'number'},'minItems':2,'maxItems':3} | [1,2,3] | [1,2,3,4]
            {'type':'array','items':{'type':'number'},'maxItems':0} | [] | [1]
            {'type':'array','items':{'type':'boolean'},'minItems':2} | [true,false,true,true] | [true]
            {'type':'string','minLength':2,'maxLength':3} | "😀é" | "a"
            {'type':'string','minLength':2,'maxLength':3} | "\\"\\"" | "abcd"
            {'type':'string','pattern':'^[A-Z]{2}\\\\d$'} | "AB7" | "xAB7"
            {'type':'string','pattern':'b'} | "abc" | "ac"
            {'type':'string','pattern':'^a+$','minLength':2,'maxLength':3} | "aaa" | "aaaa"
            {'type':'string','pattern':'^a+$','minLength':2} | "aaaaaa" | "a"
            {'enum':['red',7,null,{'a':[1,2]}]} | {"a":[1, 2]} | {"a":[2,1]}
            {'const':'say \\"hi\\"'} | "say \\"hi\\"" | "say hi"
            {'type':'string','enum':['red',7]} | "red" | 7
            {'anyOf':[{'type':'integer'},{'type':'null'}]} | null | 1.5
            {'type':'integer','minimum':-3,'maximum':12} | -3 | -4
            {'type':'integer','minimum':-3,'maximum':12} | 12 | 13
            {'type':'integer','exclusiveMinimum':7} | 8 | 7
            {'type':'integer','exclusiveMaximum':-99} | -100 | -99
            {'type':'integer','minimum':1.5,'maximum':2.5} | 2 | 1
            {'type':'number','minimum':0.25,'exclusiveMaximum':0.5} | 0.25 | 0.249
            {'type':'number','minimum':0.25,'exclusiveMaximum':0.5} | 0.4999 | 0.5
            {'type':'number','exclusiveMinimum':3} | 3.00001 | 3.000
            {'type':'number','maximum':-1.5} | -1.5 | -1.4
            {'type':'number','minimum':-0.5,'maximum':10} | -0.500 | -0.51
            {'minimum':2} | 2 | 1
            {'oneOf':[{'type':'integer'},{'type':'string'}]} | 7 | 7.5
            {'oneOf':[{'type':'integer','maximum':0},{'type':'integer','exclusiveMinimum':0}]} | 0 | 0.5
            {'oneOf':[{'properties':{'k':{'const':'a'},'x':{'type':'null'}},'required':['k'],'type':'object'},{'properties':{'k':{'const':'b'}},'required':['k'],'type':'object'}]} | {"k":"a","x":null} | {"k":"c"}
            {'allOf':[{'properties':{'a':{'type':'integer'}},'required':['a']},{'properties':{'a':{'minimum':5},'b':{'type':'null'}}}]} | {"a":5,"b":null} | {"a":4}
            {'allOf':[{'properties':{'a':{'type':'null'}},'additionalProperties':false},{'properties':{'b':{'type':'null'}}}]} | {"a":null} | {"b":null}
            {'allOf':[{'pattern':'a'},{'pattern':'b'}],'type':'string'} | "xbya" | "aa"
            {'allOf':[{'enum':[1,2,3]},{'enum':[3.0,2,'x']}]} | 3 | 1
            {'enum':['a','bb','ccc'],'minLength':2,'type':'string'} | "bb" | "a"
            {'type':'object','properties':{'x':{'type':'null'}},'anyOf':[{'required':['x']},{'properties':{'y':{'type':'null'}},'required':['y']}]} | {"x":null,"y":null} | {}
            {'$ref':'#/$defs/n','type':'integer','$defs':{'n':{'minimum':10}}} | 10 | 9
            {'$ref':'#/$defs/t','$defs':{'t':{'type':'object','properties':{'v':{'type':'integer'},'next':{'$ref':'#/$defs/t'}},'required':['v'],'additionalProperties':false}}} | {"v":1,"next":{"v":2,"next":{"v":3}}} | {"v":1,"next":{}}
            {'type':['integer','string']} | "x" | true
            {'$ref':'#/$defs/p','$defs':{'p':{'type':'array','items':{'$ref':'#/$defs/q'}},'q':{'const':1}}} | [1,1] | [2]
            {'type':'object','additionalProperties':{'type':'integer'}} | {"x":1,"y":2} | {"x":"1"}
            {'type':'object','additionalProperties':false} | {} | {"x":1}
            {'type':'object','required':['z'],'properties':{'a':true}} | {"z":[1]} | {"a":1}
            {} | {"a":[1]} | {"a":}
            true | [{"a":1}] | [
            """)
    void aValueThatConformsIsPossibleAndOneThatDoesNotIsNot(String schema, String conforming, String other) {
        TokenAutomaton automaton = compile(schema.replace('\'', '"'));
        assertThat(Spelled.takes(automaton, conforming)).as(conforming).isTrue();
        assertThat(Spelled.takes(automaton, other)).as(other).isFalse();
        assertThat(schema(schema.replace('\'', '"')).validate(JSON.readTree(conforming)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'type':'integer','multipleOf':3}                  | multipleOf
            {'type':'integer','minimum':'3'}                   | at /minimum must be a number
            {'type':'integer','minimum':3,'maximum':2}         | describes no output
            {'oneOf':[{'type':'integer'},{'type':'number'}]}   | at /oneOf has schemas 0 and 1
            {'oneOf':[{'required':['a']},{'required':['b']}]}  | at /oneOf has schemas 0 and 1
            {'oneOf':[]}                                       | at /oneOf must be a list of at least one
            {'allOf':[{'type':'string'},{'type':'null'}]}      | describes no output
            {'allOf':[{'not':{}}]}                             | at /allOf/0 has the keyword not
            {'allOf':[{'$ref':'#'}]}                           | leads back to itself
            {'$ref':'#/$defs/a','$defs':{'a':{'properties':{'x':{'$ref':'#/$defs/a'}},'required':['x']}}} | describes no output
            {'type':'object','properties':{'a':{'format':'x'}}} | at /properties/a has the keyword format
            {'type':'array','uniqueItems':true}                | uniqueItems
            {'type':'object','patternProperties':{}}           | patternProperties
            {'$ref':'#'}                                       | describes no output
            {'$ref':'#/$defs/b'}                               | leads to nothing
            {'$ref':'http://x/y'}                              | reference into the schema itself
            {'type':'text'}                                    | at /type must be one of
            {'type':'string','pattern':'(?=a)'}                | at /pattern has an assertion
            {'type':'string','minLength':3,'maxLength':2}      | at /maxLength must be at least 3
            {'type':'string','minLength':-1}                   | at /minLength must be a whole number
            {'type':'string','maxLength':100000}               | 50000 characters
            {'anyOf':[{'type':'null'}],'type':'string'}        | describes no output
            {'enum':[]}                                        | at /enum must be a list of at least one
            {'type':'string','enum':[7]}                       | describes no output
            {'required':['x'],'additionalProperties':false}    | none of the properties
            [1]                                                | must be a schema
            false                                              | describes no output
            """)
    void whatCannotBeHeldToIsRefusedByKeyword(String schema, String message) {
        assertThatThrownBy(() -> compile(schema.replace('\'', '"')))
                .isInstanceOfSatisfying(
                        ParameterException.class,
                        e -> assertThat(e.parameter()).isEqualTo("response_format.json_schema.schema"))
                .hasMessageStartingWith("response_format.json_schema.schema ")
                .hasMessageContaining(message.replace("'", ""));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aBoundedNumberIsPossibleExactlyWhereItIsWithin(long seed) {
        Random random = new Random(seed);
        BigDecimal low = new BigDecimal(random.nextInt(2_000) - 1_000).movePointLeft(random.nextInt(4));
        BigDecimal high = low.add(new BigDecimal(random.nextInt(1_000)).movePointLeft(random.nextInt(4)));
        boolean apart = high.compareTo(low) > 0;
        boolean above = apart && random.nextBoolean();
        boolean below = apart && random.nextBoolean();
        TokenAutomaton automaton = compile("{\"type\":\"number\",\"" + (above ? "exclusiveMinimum" : "minimum") + "\":"
                + low.toPlainString() + ",\"" + (below ? "exclusiveMaximum" : "maximum") + "\":" + high.toPlainString()
                + "}");
        for (int round = 0; round < 200; round++) {
            BigDecimal near = (random.nextBoolean() ? low : high)
                    .add(new BigDecimal(random.nextInt(41) - 20).movePointLeft(random.nextInt(5)));
            boolean within = near.compareTo(low) >= (above ? 1 : 0) && near.compareTo(high) <= (below ? -1 : 0);
            assertThat(Spelled.takes(automaton, near.toPlainString()))
                    .as("seed %d: %s from %s (%s) to %s (%s)", seed, near, low, above, high, below)
                    .isEqualTo(within);
        }
    }

    @Test
    void aJsonObjectNestsToItsBound() {
        TokenAutomaton automaton = CONSTRAINTS.compile(new OutputFormat.JsonObject("response_format"));
        assertThat(Spelled.takes(automaton, "{}")).isTrue();
        assertThat(Spelled.takes(automaton, "{\"a\": [{\"b\": [{\"c\": -1.5e3, \"d\": \"\\u0001\"}]}]}"))
                .isTrue();
        assertThat(Spelled.takes(automaton, "{\"a\":[{\"b\":[{\"c\":[]}]}]}")).isFalse();
        assertThat(Spelled.takes(automaton, "[]")).isFalse();
        assertThat(Spelled.takes(automaton, "{\"a\":01}")).isFalse();
        Random random = new Random(5);
        for (int round = 0; round < 50; round++) {
            assertThat(JSON.readTree(walk(automaton, random)).isObject()).isTrue();
        }
    }

    @Test
    void theSameSchemaIsCompiledOnce() {
        assertThat(compile("{\"type\":\"integer\"}")).isSameAs(compile("{\"type\":\"integer\"}"));
        assertThat(compile("{\"type\":\"integer\"}")).isNotSameAs(compile("{\"type\":\"number\"}"));
    }

    /** Random tokens among those allowed; after a while those that close something are preferred. */
    private static String walk(TokenAutomaton automaton, Random random) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        int state = automaton.start();
        for (int step = 0; step < 5_000; step++) {
            List<Integer> allowed = Spelled.allowed(automaton, state);
            assertThat(allowed).as("behind %s", output).isNotEmpty();
            int token = allowed.get(random.nextInt(allowed.size()));
            if (random.nextInt(4) < (step > 60 ? 3 : 1)) {
                for (int closing : List.of(Spelled.END, 1 + '}', 1 + ']', 1 + '"')) {
                    token = allowed.contains(closing) ? closing : token;
                }
            }
            if (token == Spelled.END) {
                return output.toString(StandardCharsets.UTF_8);
            }
            output.writeBytes(VOCABULARY.get(token));
            state = automaton.next(state, token);
        }
        throw new AssertionError("no end in sight behind " + output);
    }

    private static TokenAutomaton compile(String schema) {
        JsonNode node = JSON.readTree(schema);
        return CONSTRAINTS.compile(new OutputFormat.JsonSchema(
                "response_format.json_schema.schema", JSON.treeToValue(node, Object.class)));
    }

    private static Schema schema(String text) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(JSON.readTree(text));
    }
}
