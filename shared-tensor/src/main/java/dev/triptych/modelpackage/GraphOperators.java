package dev.triptych.modelpackage;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lists the operators of an ONNX file, which the runtime does not tell. Walks the protocol buffer along
 * {@code ModelProto.graph.node.op_type} and into subgraphs, and skips weights by their length.
 */
public final class GraphOperators {

    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int NODE_OPERATOR = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_GRAPH = 6;
    private static final int ATTRIBUTE_GRAPHS = 11;

    private final ProtoReader reader;
    private final Set<String> operators = new TreeSet<>();

    private GraphOperators(ProtoReader reader) {
        this.reader = reader;
    }

    /**
     * The names of all operators in a graph, each once.
     *
     * @throws ModelPackageException if the file is not an ONNX graph
     */
    public static Set<String> of(Path graph) {
        try (FileChannel channel = FileChannel.open(graph);
                Arena arena = Arena.ofConfined()) {
            GraphOperators found = new GraphOperators(
                    new ProtoReader(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena)));
            found.message(channel.size(), Message.MODEL);
            return found.operators;
        } catch (IOException | IndexOutOfBoundsException e) {
            throw new ModelPackageException(graph.getFileName() + " is not a readable ONNX graph", e);
        }
    }

    private enum Message {
        MODEL,
        GRAPH,
        NODE,
        ATTRIBUTE
    }

    private void message(long length, Message kind) {
        reader.message(length, (field, size) -> {
            switch (kind) {
                case MODEL -> nested(field == MODEL_GRAPH, size, Message.GRAPH);
                case GRAPH -> nested(field == GRAPH_NODE, size, Message.NODE);
                case NODE -> {
                    if (field == NODE_OPERATOR) {
                        operators.add(reader.text(size));
                    }
                    nested(field == NODE_ATTRIBUTE, size, Message.ATTRIBUTE);
                }
                case ATTRIBUTE -> nested(field == ATTRIBUTE_GRAPH || field == ATTRIBUTE_GRAPHS, size, Message.GRAPH);
            }
        });
    }

    private void nested(boolean wanted, long length, Message kind) {
        if (wanted) {
            message(length, kind);
        }
    }
}
