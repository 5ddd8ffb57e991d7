package dev.triptych.gateway.upstream;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Finds a service's replicas: those that were named, and one for each address that a name stands for, as those of a
 * headless Service in Kubernetes or a scaled service of Compose do. Used by one thread at a time, which may wait for
 * the name server.
 */
public final class ReplicaAddresses {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaAddresses.class);

    /** What knows the addresses of a name. */
    @FunctionalInterface
    public interface Names {

        InetAddress[] addressesOf(String host) throws UnknownHostException;
    }

    private final List<ReplicaAddress> named;
    private final Names names;
    private final Map<String, List<InetAddress>> several = new HashMap<>();

    /** @param named as the settings say */
    public ReplicaAddresses(List<ReplicaAddress> named, Names names) {
        this.named = List.copyOf(named);
        this.names = names;
    }

    public List<ReplicaAddress> named() {
        return named;
    }

    /** Whether looking again may find others. */
    boolean mayChange() {
        return named.stream().anyMatch(ReplicaAddresses::isName);
    }

    /** Where they are now; of a name that cannot be looked up, where they were. */
    List<ReplicaAddress> lookUp() {
        Set<ReplicaAddress> found = new LinkedHashSet<>();
        for (ReplicaAddress each : named) {
            found.addAll(isName(each) ? lookUp(each) : List.of(each));
        }
        return List.copyOf(found);
    }

    /** The name of a certificate must stay, and with it the address of https. */
    private static boolean isName(ReplicaAddress address) {
        String host = host(address.url());
        return "http".equals(address.url().getScheme())
                && !NetUtil.isValidIpV4Address(host)
                && !NetUtil.isValidIpV6Address(host);
    }

    /** A name that stands for one address alone stays a name, which a proxy may go by, until it stands for several. */
    private List<ReplicaAddress> lookUp(ReplicaAddress address) {
        String host = host(address.url());
        try {
            List<InetAddress> known = ofOneFamily(names.addressesOf(host));
            if (known.size() > 1 || several.containsKey(host)) {
                several.put(host, known);
            }
        } catch (UnknownHostException e) {
            LOG.warn("{} cannot be looked up: {}", host, e.toString());
        }
        List<InetAddress> known = several.get(host);
        if (known == null) {
            return List.of(address);
        }
        List<ReplicaAddress> replicas = new ArrayList<>();
        for (InetAddress each : known) {
            replicas.add(new ReplicaAddress(
                    at(each, address.url()),
                    host.equals(host(address.managementUrl()))
                            ? at(each, address.managementUrl())
                            : address.managementUrl()));
        }
        return replicas;
    }

    /** Two families of addresses are two ways to the same processes. Sorted, since name servers like to shuffle. */
    private static List<InetAddress> ofOneFamily(InetAddress[] addresses) {
        List<InetAddress> family = new ArrayList<>();
        for (InetAddress each : addresses) {
            if (each.getClass() == addresses[0].getClass() && !family.contains(each)) {
                family.add(each);
            }
        }
        family.sort((a, b) -> a.getHostAddress().compareTo(b.getHostAddress()));
        return family;
    }

    private static URI at(InetAddress address, URI uri) {
        String host = address.getHostAddress();
        return UriComponentsBuilder.fromUri(uri)
                .host(address instanceof Inet6Address ? "[" + host + "]" : host)
                .build(true)
                .toUri();
    }

    private static String host(URI uri) {
        return String.valueOf(uri.getHost());
    }
}
