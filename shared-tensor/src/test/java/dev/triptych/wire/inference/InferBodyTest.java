package dev.triptych.wire.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.triptych.wire.TriptychException;
import dev.triptych.wire.WireJson;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class InferBodyTest {

    @Test
    void flatAndNestedListsAreTheSameTensor() {
        InferTensor flat = input("{'name':'x','shape':[2,3],'datatype':'INT64','data':[1,2,3,4,5,-6]}");
        InferTensor nested = input("{'name':'x','shape':[2,3],'datatype':'INT64','data':[[1,2,3],[4,5,-6]]}");
        assertThat(nested.data()).isEqualTo(flat.data());
        ByteBuffer bytes = ByteBuffer.wrap(flat.data()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.getLong(40)).isEqualTo(-6);
        assertThat(flat.shape()).containsExactly(2L, 3L);
    }

    @Test
    void rawTensorsFollowTheJsonInTheInputsOrder() {
        String json = """
                {"inputs":[
                {"name":"a","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8}},
                {"name":"b","shape":[1],"datatype":"INT32","data":[7]},
                {"name":"c","shape":[3],"datatype":"UINT8","parameters":{"binary_data_size":3}}]}""";
        byte[] head = json.getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.allocate(head.length + 11)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(head)
                .putFloat(1.5f)
                .putFloat(-2f)
                .put(new byte[] {1, 2, (byte) 255});
        InferRequest request = InferRequestReader.read(body.array(), Integer.toString(head.length));
        assertThat(request.inputs().get(0).data())
                .isEqualTo(Arrays.copyOfRange(body.array(), head.length, head.length + 8));
        assertThat(request.inputs().get(1).data()).containsExactly(7, 0, 0, 0);
        assertThat(request.inputs().get(2).data()).containsExactly(1, 2, -1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'name':'x','shape':[2],'datatype':'INT64','data':[1]}            | inputs[0].data    | must have 2 elements
            {'name':'x','shape':[2,2],'datatype':'INT64','data':[[1,2],[3]]}  | inputs[0].data[1] | must have 2 elements
            {'name':'x','shape':[2,2],'datatype':'INT64','data':[[1,2],3]}    | inputs[0].data[1] | must be a list
            {'name':'x','shape':[],'datatype':'INT64','data':[[1]]}           | inputs[0].data[0] | whole number
            {'name':'x','shape':[1],'datatype':'INT64','data':[1.5]}          | inputs[0].data[0] | whole number of 64 bits
            {'name':'x','shape':[1],'datatype':'INT32','data':[3000000000]}   | inputs[0].data[0] | whole number of 32 bits
            {'name':'x','shape':[1],'datatype':'UINT8','data':[256]}          | inputs[0].data[0] | from 0 to 255
            {'name':'x','shape':[1],'datatype':'INT8','data':[-129]}          | inputs[0].data[0] | from -128 to 127
            {'name':'x','shape':[1],'datatype':'BOOL','data':[1]}             | inputs[0].data[0] | true or false
            {'name':'x','shape':[1],'datatype':'FP32','data':[1e39]}          | inputs[0].data[0] | floating point
            {'name':'x','shape':[1],'datatype':'FP32','data':['1']}           | inputs[0].data[0] | floating point
            {'name':'x','shape':[1],'datatype':'FP16','data':[1]}             | inputs[0].data    | no JSON form for FP16
            {'name':'x','shape':[1],'datatype':'BYTES','data':['a']}          | inputs[0].datatype | must be one of
            {'name':'x','shape':[0],'datatype':'INT64','data':[]}             | inputs[0].shape[0] | from 1 to
            {'name':'x','shape':[70000,70000],'datatype':'INT64','data':[1]}  | inputs[0].shape   | may come to
            {'name':'x','shape':7,'datatype':'INT64','data':[1]}              | inputs[0].shape   | must be a list
            {'shape':[1],'datatype':'INT64','data':[1]}                       | inputs[0].name    | is required
            {'name':'x','shape':[1],'datatype':'INT64'}                       | inputs[0].data    | binary_data_size is required
            {'name':'x','shape':[1],'datatype':'INT64','parameters':{'binary_data_size':8}} | inputs[0].parameters.binary_data_size | at most the 0 bytes
            {'name':'x','shape':[1],'datatype':'INT64','parameters':{'binary_data_size':4}} | inputs[0].parameters.binary_data_size | must be 8
            {'name':'x','shape':[1],'datatype':'INT64','data':[1],'extra':1}  | inputs[0].extra   | unknown field
            """)
    void whatIsNoTensorIsRefusedByItsField(String input, String field, String rule) {
        assertThatThrownBy(() -> input(input))
                .isInstanceOfSatisfying(
                        TriptychException.Rejected.class,
                        e -> assertThat(e.field()).isEqualTo(field))
                .hasMessageContaining(rule)
                .hasMessageStartingWith(rule.startsWith("unknown") ? rule : field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `` | | the body is missing
            [] | | must be a JSON object
            {'inputs': | | not valid JSON
            {} | | inputs is required
            {'inputs':[],'model':'x'} | | unknown field model
            {'inputs':[]} | 99 | Inference-Header-Content-Length must be from 1 to
            {'inputs':[]} | x | Inference-Header-Content-Length must be from 1 to
            {'inputs':[]}zz | 13 | account for 13 bytes, the body has 15
            {'inputs':[],'outputs':[{'name':'y','parameters':{'classification':3}}]} | | unknown field outputs[0].parameters.classification
            {'inputs':[],'parameters':{'binary_data_output':1}} | | parameters.binary_data_output must be true or false
            """)
    void whatIsNoRequestIsRefused(String body, String jsonLength, String rule) {
        byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> InferRequestReader.read(bytes, jsonLength))
                .isInstanceOf(TriptychException.Rejected.class)
                .hasMessageContaining(rule);
    }

    @Test
    void anAnswerMixesJsonAndRawOutputs() {
        byte[] floats = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(0.1f)
                .putFloat(Float.MIN_VALUE)
                .array();
        InferAnswer answer = new InferAnswer(
                "m",
                Optional.of("id-1"),
                List.of(
                        new InferTensor("raw", TensorType.FP32, List.of(2L), floats),
                        new InferTensor("plain", TensorType.FP32, List.of(2L), floats)));
        InferBody body = InferAnswerWriter.write(answer, "raw"::equals);
        int length = body.jsonLength().orElseThrow();
        JsonNode json = WireJson.mapper().readTree(body.bytes(), 0, length);
        assertThat(json.path("id").stringValue()).isEqualTo("id-1");
        assertThat(json.at("/outputs/0/parameters/binary_data_size").intValue()).isEqualTo(8);
        assertThat(json.at("/outputs/0").has("data")).isFalse();
        assertThat((float) json.at("/outputs/1/data/1").doubleValue()).isEqualTo(Float.MIN_VALUE);
        assertThat(json.at("/outputs/1/data/0").toString()).isEqualTo("0.1");
        assertThat(Arrays.copyOfRange(body.bytes(), length, body.bytes().length))
                .isEqualTo(floats);
        assertThat(body.contentType()).isEqualTo("application/octet-stream");
    }

    private static InferTensor input(String json) {
        String body = "{'inputs':[" + json + "]}";
        return InferRequestReader.read(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), null)
                .inputs()
                .getFirst();
    }
}
