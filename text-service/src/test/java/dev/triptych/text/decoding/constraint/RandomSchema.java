package dev.triptych.text.decoding.constraint;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** JSON Schemas of the keywords that outputs can be held to. */
public final class RandomSchema {

    private static final List<String> PATTERNS =
            List.of("^[a-c]{1,3}$", "\\\\d", "^(yes|no)$", "^[^\\\"]*$", "^.{2}\\\\s?$", "x|y$");

    private final Random random;
    private int definitions;

    public RandomSchema(Random random) {
        this.random = random;
    }

    /** A schema with an object outside. */
    public String next() {
        definitions = 2;
        String first = schema(1);
        String second = schema(1);
        return "{\"$defs\":{\"d0\":" + first + ",\"d1\":" + second + "},\"title\":\"t\",\"anyOf\":[" + object(3) + "]}";
    }

    private String schema(int depth) {
        int kinds = depth == 0 ? 9 : definitions > 0 && depth > 1 ? 15 : 14;
        return switch (random.nextInt(kinds)) {
            case 0 -> "{\"type\":\"integer\"}";
            case 1 -> "{\"type\":\"number\"}";
            case 7 -> bounded("integer");
            case 8 -> bounded("number");
            case 10 -> "{\"allOf\":[" + object(depth - 1) + ",{\"properties\":{\"n\":{\"type\":\"integer\"}}}]}";
            case 11 ->
                "{\"oneOf\":[" + bounded("integer") + "," + string()
                        + "],\"anyOf\":[{\"type\":[\"number\",\"string\"]},true]}";
            case 12 ->
                "{\"allOf\":[{\"type\":\"string\",\"maxLength\":9},{\"pattern\":\"[a-f]\"}],\"pattern\":\"^.{3}\"}";
            case 2 -> "{\"type\":[\"boolean\",\"null\"]}";
            case 3 -> "{\"enum\":[\"a\\\"b\",3,-0.5,null,[true,\"é\"]]}";
            case 4 -> "{\"const\":" + List.of("\"x\\n\"", "{\"k\":1}", "17").get(random.nextInt(3)) + "}";
            case 5 -> string();
            case 6 -> "{\"type\":\"string\",\"pattern\":\"" + PATTERNS.get(random.nextInt(PATTERNS.size())) + "\"}";
            case 9 -> object(depth - 1);
            case 13 -> array(depth);
            case 14 -> "{\"$ref\":\"#/$defs/d" + random.nextInt(2) + "\"}";
            default -> "{\"anyOf\":[" + schema(depth - 1) + "," + schema(depth - 1) + "]}";
        };
    }

    private String bounded(String type) {
        double low = random.nextInt(2000) / 8.0 - 125;
        double high = low + 1 + random.nextInt(400) / 16.0;
        String least = random.nextBoolean() ? "minimum" : "exclusiveMinimum";
        String most = random.nextBoolean() ? "maximum" : "exclusiveMaximum";
        String below = random.nextBoolean() ? ",\"" + most + "\":" + (high + 1) : "";
        return "{\"type\":\"" + type + "\",\"" + least + "\":" + low + below + "}";
    }

    private String string() {
        int least = random.nextInt(4);
        return "{\"type\":\"string\",\"minLength\":" + least + ",\"maxLength\":" + (least + random.nextInt(5)) + "}";
    }

    private String array(int depth) {
        int least = random.nextInt(3);
        String most = random.nextBoolean() ? ",\"maxItems\":" + (least + random.nextInt(3)) : "";
        return "{\"type\":\"array\",\"items\":" + schema(depth - 1) + ",\"minItems\":" + least + most + "}";
    }

    private String object(int depth) {
        List<String> properties = new ArrayList<>();
        List<String> required = new ArrayList<>();
        for (int i = 0; i < random.nextInt(5); i++) {
            String name = List.of("a", "b c", "é", "q\\\"", "n").get(i);
            properties.add("\"" + name + "\":" + schema(depth));
            if (random.nextBoolean()) {
                required.add("\"" + name + "\"");
            }
        }
        return "{\"type\":\"object\",\"properties\":{"
                + properties.stream().collect(Collectors.joining(","))
                + "},\"required\":[" + String.join(",", required) + "],\"additionalProperties\":false}";
    }
}
