/** The plugin for Camunda 7: what sealing and recording need to know of the engine. */
package dev.bulla.camunda;
