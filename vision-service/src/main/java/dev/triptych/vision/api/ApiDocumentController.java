package dev.triptych.vision.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** This service's part of the OpenAPI document, which the gateway puts together with the others'. */
@RestController
public final class ApiDocumentController {

    private static final String FILE = "/openapi.json";

    private final byte[] document = load();

    private static byte[] load() {
        try (InputStream in = ApiDocumentController.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing from the service");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @GetMapping(path = FILE, produces = MediaType.APPLICATION_JSON_VALUE)
    public byte[] document() {
        return document;
    }
}
