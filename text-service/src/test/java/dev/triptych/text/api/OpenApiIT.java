package dev.triptych.text.api;

import dev.triptych.testkit.OpenApiContract;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

class OpenApiIT extends RealModels implements OpenApiContract {

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

    @Override
    public WebTestClient client() {
        return client;
    }

    @Override
    public RequestMappingHandlerMapping mappings() {
        return mappings;
    }

    @Override
    public int leastExamples() {
        return 13;
    }
}
