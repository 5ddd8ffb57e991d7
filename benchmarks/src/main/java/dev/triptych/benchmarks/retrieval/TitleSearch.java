package dev.triptych.benchmarks.retrieval;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.QueryBuilder;

/**
 * An index in memory of documents' bodies, searched by their titles: Lucene's BM25 with its defaults over the standard
 * analyzer's words. Source: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond".
 */
final class TitleSearch implements AutoCloseable {

    private static final String BODY = "body";

    private final List<TitledDocument> documents;
    private final Analyzer analyzer = new StandardAnalyzer();
    private final Directory directory = new ByteBuffersDirectory();
    private final DirectoryReader reader;

    TitleSearch(List<TitledDocument> documents) throws IOException {
        this.documents = List.copyOf(documents);
        // Without merges a document's number is its place in the list.
        IndexWriterConfig settings = new IndexWriterConfig(analyzer).setMergePolicy(NoMergePolicy.INSTANCE);
        try (IndexWriter writer = new IndexWriter(directory, settings)) {
            for (TitledDocument document : documents) {
                Document indexed = new Document();
                indexed.add(new TextField(BODY, document.body(), Field.Store.NO));
                writer.addDocument(indexed);
            }
        }
        this.reader = DirectoryReader.open(directory);
    }

    /** The rank of each document among all for its own title, from 1; a tie counts against it, none of its words the most. */
    int[] ranks() throws IOException {
        IndexSearcher searcher = new IndexSearcher(reader);
        QueryBuilder queries = new QueryBuilder(analyzer);
        int[] ranks = new int[documents.size()];
        for (int i = 0; i < ranks.length; i++) {
            Query query = queries.createBooleanQuery(BODY, documents.get(i).title());
            ranks[i] = query == null ? ranks.length : rank(i, searcher.search(query, ranks.length).scoreDocs);
        }
        return ranks;
    }

    private int rank(int document, ScoreDoc[] found) {
        for (ScoreDoc own : found) {
            if (own.doc == document) {
                int atLeast = 0;
                for (ScoreDoc other : found) {
                    atLeast += other.score >= own.score ? 1 : 0;
                }
                return atLeast;
            }
        }
        return documents.size();
    }

    @Override
    public void close() throws IOException {
        reader.close();
        directory.close();
        analyzer.close();
    }
}
