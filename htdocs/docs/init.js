// Shows the specification of this server; a token given to "Authorize" stays for the next visit.
window.ui = SwaggerUIBundle({
	url: "/openapi.json",
	dom_id: "#swagger-ui",
	deepLinking: true,
	persistAuthorization: true,
	displayRequestDuration: true,
	tryItOutEnabled: true,
	validatorUrl: null,
});
