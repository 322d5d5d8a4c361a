package io.unikernal.adapter.http;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.spi.Caller;
import io.unikernal.spi.Inspection;
import io.unikernal.spi.Inspects;
import io.unikernal.spi.SystemContext;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether a server's port can be had, and whether a server that is called answers at all. */
final class HttpInspection {
  /** An inspection calls nobody else. */
  private static final Caller NOBODY =
      (operation, input, deadline, trace) -> {
        throw Fault.of(Fault.Code.NOT_FOUND, "nothing runs").toException();
      };

  private HttpInspection() {}

  static Inspection of(Inspects.Request request, Loops loops) throws InterruptedException {
    boolean serves = request.config().has(HttpAdapter.LISTEN);
    try {
      if (serves == request.config().has(HttpAdapter.URL)) {
        var problem = HttpRule.listenOrUrl();
        throw Fault.of(Fault.Code.REJECTED, problem.message(), problem.hint()).toException();
      }
      String detail = serves ? bind(request) : call(request, loops);
      return new Inspection.Reached(detail, Map.of(), List.of());
    } catch (FaultException wrong) {
      return new Inspection.Unreached(wrong.fault());
    }
  }

  /** Takes the port and gives it back. */
  private static String bind(Inspects.Request request) {
    Tls.server(request.config()); // its files are there, and good
    var address = ListenAddress.parse(request.system(), request.config().get(HttpAdapter.LISTEN));
    if (address.port() == 0) {
      return "listens on any free port";
    }
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(address.host()), address.port()), 1);
      return "port " + address.port() + " is free";
    } catch (UnknownHostException e) {
      throw Fault.of(
              Fault.Code.REJECTED,
              "`" + address.host() + "` is not an address of this machine",
              "change `listen` of `" + request.system() + "`")
          .toException(e);
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      boolean isInUse = e instanceof BindException && why.contains("in use");
      if (isInUse && request.isRunning()) {
        return "port " + address.port() + " is held, by this definition that runs";
      }
      throw Fault.of(
              Fault.Code.REJECTED,
              isInUse
                  ? "port " + address.port() + " is in use"
                  : "cannot listen at port "
                      + address.port()
                      + " on "
                      + address.host()
                      + ": "
                      + why,
              why.contains("denied")
                  ? "ports below 1024 need rights; change `listen` of `" + request.system() + "`"
                  : "stop who uses it, or change `listen` of `" + request.system() + "`")
          .toException(e);
    }
  }

  /** Any answer to HEAD will do: somebody speaks HTTP there. */
  private static String call(Inspects.Request request, Loops loops) throws InterruptedException {
    var context =
        new SystemContext(
            request.system(),
            request.config(),
            List.of(),
            request.baseDir(),
            request.baseDir(),
            request.world(),
            NOBODY,
            request.log());
    try (var system = HttpClientSystem.open(context, loops)) {
      var settings = system.settings();
      MultiMap headers = HttpHeaders.headers();
      headers.set("user-agent", "unikernal");
      settings.headers().forEach(headers::set);
      String path = settings.basePath().isEmpty() ? "/" : settings.basePath();
      Duration patience = shorter(request.limit(), settings.timeout());
      var response =
          system.exchange(
              new HttpCall.Request(
                  settings.url(),
                  "HEAD",
                  path,
                  headers,
                  Optional.empty(),
                  Optional.empty(),
                  patience,
                  false));
      return "answered " + response.status() + " to HEAD";
    } catch (FaultException wrong) {
      var fault = wrong.fault();
      throw Fault.of(
              fault.code(),
              fault.message(),
              fault.hint().isEmpty()
                  ? "start it, or correct `url` of `" + request.system() + "`"
                  : fault.hint())
          .toException(wrong);
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
