package dev.triptych.gateway.routing;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells a newcomer at {@code /} what there is. */
@RestController
final class IndexController {

    @GetMapping("/")
    Index index() {
        TreeSet<String> paths = new TreeSet<>(List.of("/v1/models", "/v1/files", "/v1/batches", "/v2"));
        ServiceRoute.ALL.forEach(route -> paths.add(route.pattern()));
        return new Index("triptych", paths);
    }

    record Index(String name, Set<String> paths) {}
}
