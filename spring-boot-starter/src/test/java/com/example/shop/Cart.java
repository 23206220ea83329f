package com.example.shop;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.error.ErrorPage;
import org.springframework.boot.web.error.ErrorPageRegistrar;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What somebody wants to buy, in the HTTP session. */
@RestController
final class Cart {
  private static final HttpStatus ERROR = HttpStatus.GONE;

  @PostMapping({"/cart", "/open/cart"})
  String put(HttpSession session, @RequestParam String item) {
    session.setAttribute("cart", item);
    return item;
  }

  @GetMapping({"/cart", "/open/cart"})
  String cart(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    return session == null
        ? "no session, %s %s"
            .formatted(request.isRequestedSessionIdValid(), request.getRequestedSessionId())
        : "cart " + session.getAttribute("cart");
  }

  /** To the cart, with what was put into it before, by each kind of dispatch that there is. */
  @GetMapping({"/cart/by/{way}", "/open/cart/by/{way}"})
  void dispatched(
      @PathVariable String way,
      @RequestParam(required = false) @Nullable String item,
      HttpServletRequest request,
      HttpServletResponse response)
      throws ServletException, IOException {
    String cart = request.getRequestURI().replaceAll("/by/.*", "");
    if (item != null) {
      put(request.getSession(), item);
    }
    switch (way) {
      case "async" -> request.startAsync().dispatch(cart);
      case "async-given" -> request.startAsync(request, response).dispatch(cart);
      case "async-twice" -> request.startAsync().dispatch(cart + "/by/async");
      case "async-forward" -> request.startAsync().dispatch(cart + "/by/forward");
      case "async-error" -> request.startAsync().dispatch(cart + "/by/error");
      case "forward" -> request.getRequestDispatcher(cart).forward(request, response);
      case "include" -> request.getRequestDispatcher(cart).include(request, response);
      case "error" -> response.sendError(ERROR.value());
      default -> throw new IllegalArgumentException(way);
    }
  }

  @Bean
  static ErrorPageRegistrar cartAsErrorPage() {
    return pages -> pages.addErrorPages(new ErrorPage(ERROR, "/cart"));
  }

  /** As applications end what a session holds without ending the session. */
  @PostMapping("/cart/clear")
  String clear(@Nullable HttpSession session) {
    if (session != null) {
      Collections.list(session.getAttributeNames()).forEach(session::removeAttribute);
      session.setAttribute("cart", "after");
    }
    return "cleared";
  }

  @PostMapping("/cart/rename")
  String rename(HttpServletRequest request) {
    return request.changeSessionId();
  }
}
