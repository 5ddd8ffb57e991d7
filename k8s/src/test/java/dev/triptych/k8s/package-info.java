/**
 * Holds the manifests of this folder against the types of the Kubernetes API and the rules that a cluster would apply,
 * without a cluster: {@code kubectl kustomize} renders, everything else happens here.
 */
@NullMarked
package dev.triptych.k8s;

import org.jspecify.annotations.NullMarked;
