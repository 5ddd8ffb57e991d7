package dev.triptych.gateway.upstream;

import java.net.URI;

/**
 * Where one process of a service is.
 *
 * @param url           where it serves
 * @param managementUrl where its probes are
 */
public record ReplicaAddress(URI url, URI managementUrl) {}
