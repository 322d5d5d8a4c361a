package io.unikernal.importers;

/** A definition with an operation of every kind that an export meets. */
final class Shop {
  static final String UDL =
      """
      udl: 7
      types:
        Sku: string(/[A-Z]{3}-[0-9]{4}/)
        Item: { sku: Sku, qty: "int(1..999) = 1", price: "decimal(12,2)" }
        Draft:
          customer: string(1..80)
          email: pii(string)
          items: list(Item, 1..100)
          payment: Payment
        Order:
          extends: Draft
          id: uuid
          status: enum(new, paid, shipped) = new
          tags: map(string, string)
          parent: Order?
        Card: { kind: enum(card), number: secret(string) }
        Transfer: { kind: enum(transfer), iban: string }
        Payment: Card | Transfer
        Problem: { text: string }
      systems:
        web:
          type: http
          listen: 8080
          clearance: [pii, secret]
          operations:
            create_order: { post: /orders, body: Draft, returns: Order, status: 201, doc: Takes an order. }
            find_order: { get: "/orders/{id}", path: { id: uuid }, returns: "Order?" }
            list_orders:
              get: /orders
              query: { limit: "int(1..100)?", status: "list(enum(new, paid))?" }
              headers: { x_tenant: string }
              returns: list(Order)
            drop_order: { delete: "/orders/{id}" }
            mend_order: { patch: "/orders/{id}", path: { id: uuid }, body: "Draft?", returns: Problem }
        bus:
          type: memory
          clearance: [pii, secret]
          operations:
            orders: { accepts: Order, effect: idempotent }
      routes:
        - { from: web.create_order, to: orders }
        - { from: web.find_order, to: orders }
        - { from: web.list_orders, to: orders }
        - { from: web.drop_order, to: orders }
        - { from: web.mend_order, to: orders }
      pipelines:
        orders: { input: secret(pii(any)), output: "${input}" }
      """;

  private Shop() {}
}
